/**
 * One photo's way, top to bottom: capture → review → prepare input → run head → send features → show result.
 *
 * The photo is on this device until it is let go of; `sendFeatures` is the only step that sends anything.
 */

import { inferRequest } from "../api/infer.ts";
import type { Watch } from "../api/post.ts";
import type { Answer } from "../contract/answer.ts";
import type { Manifest } from "../contract/manifest.ts";
import { askedFields, encodeMetadata, NOTHING_TOLD, type Told, takenFrom } from "../contract/metadata.ts";
import { asTrouble, BundleChanged, type Trouble } from "../contract/trouble.ts";
import type { WireRequest } from "../contract/wire.ts";
import type { Head } from "../head/load.ts";
import { hexSha256 } from "../head/sha256.ts";
import type { Progress } from "../ui/working.ts";
import { sendWhenItMay } from "./busy.ts";
import type { Checked } from "./checked.ts";

/** What one try of `working` came to: an answer, a trouble, or null where the person cancelled. */
export type Outcome = Checked | Trouble | null;

/** Something done under the eyes of the person, who may cancel it. */
export type Work = (report: (progress: Progress) => void, signal: AbortSignal) => Promise<Outcome>;

/** The screens, as questions to the person. P is a photo. */
export interface Screens<P> {
  /** A photo, or null to go back to the start. */
  capture(): Promise<P | null>;
  /** What the person tells beside the photo, with which it is used, or "again" for another. `told` is what they told before. */
  review(photo: P, told: Told): Promise<Told | "again">;
  working(work: Work): Promise<Outcome>;
  trouble(trouble: Trouble): Promise<"try_again" | "back">;
  result(checked: Checked, photo: P): Promise<"another" | "start">;
}

/** The steps between the screens. */
export interface Steps<P> {
  getHead(): Promise<Head>;
  replaceHead(id: string): Promise<Head>;
  /** RGB uint8 [size, size, 3]. */
  prepareInput(photo: P, size: number): Uint8Array;
  sendFeatures(manifest: Manifest, request: WireRequest, watch: Watch): Promise<Answer>;
  /** Wait a second; rejects when the signal is aborted. */
  oneSecond(signal: AbortSignal): Promise<void>;
  release(photo: P): void;
}

/** Follow photos until one was answered and the person is done with it, or until they go back to the start. */
export async function checkMoles<P>(screens: Screens<P>, steps: Steps<P>): Promise<void> {
  for (let photo = await screens.capture(); photo !== null; photo = await screens.capture()) {
    try {
      if ((await checkOne(photo, screens, steps)) === "start") return;
    } finally {
      steps.release(photo);
    }
  }
}

/** A photo that was cancelled or met a trouble comes back to its review: it is never lost. */
async function checkOne<P>(photo: P, screens: Screens<P>, steps: Steps<P>): Promise<"another" | "start"> {
  let told = await screens.review(photo, NOTHING_TOLD);
  while (told !== "again") {
    const checked = await untilAnswered(photo, told, screens, steps);
    if (checked !== null) return screens.result(checked, photo);
    told = await screens.review(photo, told);
  }
  return "another";
}

async function untilAnswered<P>(photo: P, told: Told, screens: Screens<P>, steps: Steps<P>): Promise<Checked | null> {
  const way = new Way(photo, told, steps);
  for (;;) {
    const outcome = await screens.working((report, signal) => way.walk(report, signal));
    if (!(outcome instanceof Error)) return outcome;
    if ((await screens.trouble(outcome)) === "back") return null;
  }
}

/** What the head made of a photo, ready to be sent as often as it takes. */
interface Prepared {
  readonly head: Head;
  readonly input: Uint8Array;
  readonly features: Uint8Array<ArrayBuffer>;
  readonly told: Told;
  /** float32 [M], null where nothing was told. */
  readonly metadata: Float32Array | null;
  readonly request: WireRequest;
  readonly milliseconds: { readonly prepare: number; readonly head: number };
}

/** The steps of one photo. What one try has made is kept for the next. */
class Way<P> {
  private prepared: Prepared | null = null;

  constructor(
    private readonly photo: P,
    private readonly told: Told,
    private readonly steps: Steps<P>,
  ) {}

  async walk(report: (progress: Progress) => void, signal: AbortSignal): Promise<Outcome> {
    try {
      report({ at: "phone" });
      this.prepared ??= await this.prepare(await this.steps.getHead(), report);
      signal.throwIfAborted();
      return await this.sendOnceMoreIfTheBundleChanged(this.prepared, report, signal);
    } catch (error) {
      return signal.aborted ? null : asTrouble(error);
    }
  }

  private async prepare(head: Head, report: (progress: Progress) => void): Promise<Prepared> {
    report({ at: "head", milliseconds: null });
    await nextFrame();
    const start = performance.now();
    const input = this.steps.prepareInput(this.photo, head.manifest.input.size);
    const prepare = performance.now() - start;
    const run = await head.run(input);
    const told = takenFrom(askedFields(head.manifest), this.told);
    const metadata = encodeMetadata(askedFields(head.manifest), told);
    const request = inferRequest(head.manifest, run.bytes, metadata);
    const milliseconds = { prepare, head: run.milliseconds };
    return { head, input, features: run.bytes, told, metadata, request, milliseconds };
  }

  /** Head and tail are never mixed: features of an old head are thrown away, and the new head's sent, once. */
  private async sendOnceMoreIfTheBundleChanged(
    prepared: Prepared,
    report: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Checked> {
    try {
      return await this.sendWhenItMay(prepared, report, signal);
    } catch (error) {
      if (!(error instanceof BundleChanged)) throw error;
      this.prepared = null;
      report({ at: "phone" });
      this.prepared = await this.prepare(await this.steps.replaceHead(error.current), report);
      signal.throwIfAborted();
      return await this.sendWhenItMay(this.prepared, report, signal);
    }
  }

  private sendWhenItMay(
    prepared: Prepared,
    report: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Checked> {
    return sendWhenItMay(
      () => this.send(prepared, report, signal),
      async (secondsLeft) => {
        const { request, milliseconds } = prepared;
        const spent = milliseconds.prepare + milliseconds.head;
        report({ at: "busy", milliseconds: spent, total: request.body.length, secondsLeft });
        await this.steps.oneSecond(signal);
      },
    );
  }

  private async send(
    { head, milliseconds, ...made }: Prepared,
    report: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Checked> {
    const total = made.request.body.length;
    const onSent = (sent: number) => {
      const at = sent < total ? "sending" : "server";
      report({ at, milliseconds: milliseconds.prepare + milliseconds.head, sent, total });
    };
    onSent(0);
    const start = performance.now();
    const answer = await this.steps.sendFeatures(head.manifest, made.request, { signal, onSent });
    const roundTrip = performance.now() - start;
    const { manifest, backend } = head;
    const featuresSha256 = await hexSha256(made.features);
    return { ...made, answer, manifest, backend, featuresSha256, milliseconds: { ...milliseconds, roundTrip } };
  }
}

/** Let the page draw before work that holds it up. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
