/**
 * One mole's way, top to bottom: capture → review → prepare input → run head → send features → show result.
 *
 * Its photos, one or a few, are on this device until they are let go of; `sendFeatures` is the only step that sends
 * anything.
 */

import type { Watch } from "../api/post.ts";
import type { Answer } from "../contract/answer.ts";
import type { Manifest } from "../contract/manifest.ts";
import { NOTHING_TOLD, type Told } from "../contract/metadata.ts";
import type { Trouble } from "../contract/trouble.ts";
import type { WireRequest } from "../contract/wire.ts";
import type { Head } from "../head/load.ts";
import type { Progress } from "../ui/working.ts";
import type { Checked } from "./checked.ts";
import { Way } from "./way.ts";

/** What one try of `working` came to: an answer, a trouble, or null where the person cancelled. */
export type Outcome = Checked | Trouble | null;

/** Something done under the eyes of the person, who may cancel it. */
export type Work = (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Outcome>;

/** Photos of one mole that one request may hold; every server takes at least as many. */
export const MOST_PHOTOS = 3;

/**
 * What the person wants after a review, and what they told: use the photos, add one, take one `again`, or leave one out.
 */
export type Reviewed<P> =
  | { readonly next: "use" | "add"; readonly told: Told }
  | { readonly next: "again" | "remove"; readonly photo: P; readonly told: Told };

/** The screens, as questions to the person. P is a photo. */
export interface Screens<P> {
  /** A photo, or null to go back. */
  capture(): Promise<P | null>;
  /** What is to be done with the photos of one mole. `told` is what the person told before. */
  review(photos: readonly P[], told: Told): Promise<Reviewed<P>>;
  working(work: Work): Promise<Outcome>;
  trouble(trouble: Trouble): Promise<"try_again" | "back">;
  result(checked: Checked, photos: readonly P[]): Promise<"another" | "start">;
}

/** The steps between the screens. */
export interface Steps<P> {
  getHead(): Promise<Head>;
  replaceHead(id: string): Promise<Head>;
  /** RGB uint8 [size, size, 3]. */
  prepareInput(photo: P, size: number): Uint8Array;
  /** The same request in fewer bytes, where that can be had. */
  compress(request: WireRequest): Promise<WireRequest>;
  /** One answer for each of `count` photos. */
  sendFeatures(manifest: Manifest, request: WireRequest, count: number, watch: Watch): Promise<readonly Answer[]>;
  /** Wait a second; rejects when the signal is aborted. */
  oneSecond(signal: AbortSignal): Promise<void>;
  release(photo: P): void;
}

/** Follow moles until one was answered and the person is done with it, or until they go back to the start. */
export async function checkMoles<P>(screens: Screens<P>, steps: Steps<P>): Promise<void> {
  for (let photo = await screens.capture(); photo !== null; photo = await screens.capture()) {
    const photos = [photo];
    try {
      if ((await checkOne(photos, screens, steps)) === "start") return;
    } finally {
      for (const each of photos) steps.release(each);
    }
  }
}

/** Photos that were cancelled or met a trouble come back to their review: they are never lost. */
async function checkOne<P>(photos: P[], screens: Screens<P>, steps: Steps<P>): Promise<"another" | "start"> {
  let told = await untilReviewed(photos, NOTHING_TOLD, screens, steps);
  while (told !== null) {
    const checked = await untilAnswered(photos, told, screens, steps);
    if (checked !== null) return screens.result(checked, photos);
    told = await untilReviewed(photos, told, screens, steps);
  }
  return "another";
}

/** What was told beside the photos that are to be used; null where none of them is left. */
async function untilReviewed<P>(photos: P[], before: Told, screens: Screens<P>, steps: Steps<P>): Promise<Told | null> {
  let told = before;
  for (;;) {
    const reviewed = await screens.review(photos, told);
    told = reviewed.told;
    if (reviewed.next === "use") return told;
    if (reviewed.next === "again" || reviewed.next === "remove") {
      photos.splice(photos.indexOf(reviewed.photo), 1);
      steps.release(reviewed.photo);
    }
    if (photos.length === 0) return null;
    const more = reviewed.next === "remove" ? null : await screens.capture();
    if (more !== null) photos.push(more);
  }
}

async function untilAnswered<P>(
  photos: readonly P[],
  told: Told,
  screens: Screens<P>,
  steps: Steps<P>,
): Promise<Checked | null> {
  const way = new Way(photos, told, steps);
  for (;;) {
    const outcome = await screens.working((report, signal) => way.walk(report, signal));
    if (!(outcome instanceof Error)) return outcome;
    if ((await screens.trouble(outcome)) === "back") return null;
  }
}
