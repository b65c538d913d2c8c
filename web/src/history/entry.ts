/** A check that the person asked to keep; it never leaves the device. */

import type { Verdict } from "../contract/agreement.ts";

/** Where on the body a mole may be, in the words that the wire has for it. */
export const SITES = ["head_neck", "trunk", "arm", "leg", "hand", "foot", "acral", "genital"] as const;
export type Site = (typeof SITES)[number];

export interface Check {
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly site: Site | null;
  readonly verdict: Verdict;
  /** The probability that was shown, 0..1, null where none was. */
  readonly malignant: number | null;
  /** Id of the bundle that answered. */
  readonly bundle: string;
  /** The squares as they were checked, each a JPEG. Bytes, not Blobs, which some browsers cannot keep. */
  readonly photos: readonly ArrayBuffer[];
}

/** A check as it was kept; `id` counts up. */
export interface Entry extends Check {
  readonly id: number;
}

/** A word of the wire as a site, null where it is none. */
export function siteOf(word: string | null): Site | null {
  return SITES.find((site) => site === word) ?? null;
}

/** Bytes of all photos. */
export function bytesOf(entries: readonly Check[]): number {
  return entries.flatMap(({ photos }) => photos).reduce((sum, photo) => sum + photo.byteLength, 0);
}
