/** The steps between review and result: what one try has made is kept for the next. */

import { inferRequest } from "../api/infer.ts";
import { agree } from "../contract/agreement.ts";
import { askedFields, encodeMetadata, type Told, takenFrom } from "../contract/metadata.ts";
import { asTrouble, BundleChanged } from "../contract/trouble.ts";
import type { WireRequest } from "../contract/wire.ts";
import { join } from "../head/download.ts";
import type { Head } from "../head/load.ts";
import { hexSha256 } from "../head/sha256.ts";
import type { Progress } from "../ui/working.ts";
import { sendWhenItMay } from "./busy.ts";
import type { Checked } from "./checked.ts";
import type { Outcome, Steps } from "./flow.ts";

/** What the head made of the photos, ready to be sent as often as it takes. */
interface Prepared {
  readonly head: Head;
  /** RGB uint8 [size, size, 3] of each photo. */
  readonly inputs: readonly Uint8Array[];
  /** Of all photos, one behind the other. */
  readonly features: Uint8Array<ArrayBuffer>;
  readonly told: Told;
  /** float32 [M], null where nothing was told. */
  readonly metadata: Float32Array | null;
  readonly request: WireRequest;
  readonly milliseconds: { readonly prepare: number; readonly head: number };
}

/** The way of one mole's photos. */
export class Way<P> {
  private prepared: Prepared | null = null;

  constructor(
    private readonly photos: readonly P[],
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
    const inputs: Uint8Array[] = [];
    const features: Uint8Array[] = [];
    const milliseconds = { prepare: 0, head: 0 };
    for (const photo of this.photos) {
      const start = performance.now();
      const input = this.steps.prepareInput(photo, head.manifest.input.size);
      milliseconds.prepare += performance.now() - start;
      const run = await head.run(input);
      milliseconds.head += run.milliseconds;
      inputs.push(input);
      features.push(run.bytes);
    }
    const told = takenFrom(askedFields(head.manifest), this.told);
    const metadata = encodeMetadata(askedFields(head.manifest), told);
    const request = await this.steps.compress(inferRequest(head.manifest, features, metadata));
    return { head, inputs, features: join(features), told, metadata, request, milliseconds };
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
    const count = this.photos.length;
    const answers = await this.steps.sendFeatures(head.manifest, made.request, count, { signal, onSent });
    const roundTrip = performance.now() - start;
    const { manifest, backend } = head;
    const featuresSha256 = await hexSha256(made.features);
    return {
      ...made,
      agreement: agree(answers),
      manifest,
      backend,
      featuresSha256,
      milliseconds: { ...milliseconds, roundTrip },
    };
  }
}

/** Let the page draw before work that holds it up. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
