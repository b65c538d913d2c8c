/**
 * One mole's way, top to bottom: capture → review → prepare input → run head → send features → show result.
 *
 * Its photos, one or a few, are on this device until they are let go of; `sendFeatures` is the only step that sends
 * anything. Where the person wants all of it computed here, `runTail` takes its place; a dry run ends before it.
 */

import type { Reply } from "../api/infer.ts";
import type { Watch } from "../api/post.ts";
import type { Manifest } from "../contract/manifest.ts";
import { NOTHING_TOLD, type Told } from "../contract/metadata.ts";
import type { Trouble } from "../contract/trouble.ts";
import type { WireRequest } from "../contract/wire.ts";
import type { OnBytes } from "../head/download.ts";
import type { Head } from "../head/load.ts";
import type { Progress } from "../ui/working.ts";
import type { Checked, Made, Unsent } from "./checked.ts";
import type { Mode } from "./mode.ts";
import { Way } from "./way.ts";

/** What one try of `working` came to: an answer, a dry run's end, a trouble, or null where the person cancelled. */
export type Outcome = Checked | Unsent | Trouble | null;

/** Something done under the eyes of the person, who may cancel it. */
export type Work = (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Outcome>;

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
  working(mode: Mode, work: Work): Promise<Outcome>;
  trouble(trouble: Trouble): Promise<"try_again" | "back">;
  result(checked: Checked, photos: readonly P[]): Promise<"another" | "start">;
  /** What would be sent; `send` sends it after all. */
  unsent(unsent: Unsent): Promise<"send" | "another" | "start">;
}

/** The steps between the screens. */
export interface Steps<P> {
  /** Where the next mole is to be computed. */
  mode(): Mode;
  getHead(): Promise<Head>;
  replaceHead(id: string): Promise<Head>;
  /** RGB uint8 [size, size, 3]. */
  prepareInput(photo: P, size: number): Uint8Array | Promise<Uint8Array>;
  /** The same request in fewer bytes, where that can be had. */
  compress(request: WireRequest): Promise<WireRequest>;
  /** One answer for each of `count` photos, from the server. */
  sendFeatures(manifest: Manifest, request: WireRequest, count: number, watch: Watch): Promise<Reply>;
  /** One answer for each photo, from the tail on this device. `onBytes` hears of the tail's download. */
  runTail(made: Made, onBytes: OnBytes): Promise<Reply>;
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
    const done = await untilDone(photos, told, screens, steps);
    if (done !== null) return done;
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

/** What the person wants once the answer, or what a dry run made, was shown; null where the photos are to come back. */
async function untilDone<P>(
  photos: readonly P[],
  told: Told,
  screens: Screens<P>,
  steps: Steps<P>,
): Promise<"another" | "start" | null> {
  const way = new Way(photos, told, steps);
  for (let mode = steps.mode(); ; ) {
    const outcome = await screens.working(mode, (report, signal) => way.walk(mode, report, signal));
    if (outcome === null) return null;
    if (outcome instanceof Error) {
      if ((await screens.trouble(outcome)) === "back") return null;
    } else if (outcome.place === null) {
      const choice = await screens.unsent(outcome);
      if (choice !== "send") return choice;
      mode = "split";
    } else {
      return screens.result(outcome, photos);
    }
  }
}
