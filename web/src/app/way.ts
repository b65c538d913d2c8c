/** The steps between review and result: what one try has made is kept for the next. */

import { inferRequest, type Reply } from "../api/infer.ts";
import { yieldToMain } from "../capture/yield_to_main.ts";
import { agree } from "../contract/agreement.ts";
import { askedFields, encodeMetadata, type Told, takenFrom } from "../contract/metadata.ts";
import { asTrouble, BundleChanged } from "../contract/trouble.ts";
import { join } from "../head/download.ts";
import type { Head } from "../head/load.ts";
import { hexSha256 } from "../head/sha256.ts";
import type { Progress } from "../ui/working.ts";
import { sendWhenItMay } from "./busy.ts";
import type { Checked, Made, Place, Unsent } from "./checked.ts";
import type { Outcome, Steps } from "./flow.ts";
import type { Mode } from "./mode.ts";

type Report = (progress: Progress) => void;

/** The way of one mole's photos. */
export class Way<P> {
  /** Ready to be sent as often as it takes. */
  private made: Made | null = null;

  constructor(
    private readonly photos: readonly P[],
    private readonly told: Told,
    private readonly steps: Steps<P>,
  ) {}

  async walk(mode: Mode, report: Report, signal: AbortSignal): Promise<Outcome> {
    try {
      report({ at: "phone" });
      this.made ??= await this.make(await this.steps.getHead(), report);
      signal.throwIfAborted();
      if (mode === "dry") return { made: this.made, place: null } satisfies Unsent;
      if (mode === "phone") return await this.runTail(this.made, report, signal);
      return await this.sendOnceMoreIfTheBundleChanged(this.made, report, signal);
    } catch (error) {
      return signal.aborted ? null : asTrouble(error);
    }
  }

  private async make(head: Head, report: Report): Promise<Made> {
    report({ at: "head" });
    await yieldToMain();
    const { manifest } = head;
    const inputs: Uint8Array[] = [];
    const pieces: Uint8Array[] = [];
    const milliseconds = { prepare: 0, head: 0 };
    for (const photo of this.photos) {
      const start = performance.now();
      const input = await this.steps.prepareInput(photo, manifest.input.size);
      milliseconds.prepare += performance.now() - start;
      const run = await head.run(input);
      milliseconds.head += run.milliseconds;
      inputs.push(input);
      pieces.push(run.bytes);
    }
    const told = takenFrom(askedFields(manifest), this.told);
    const metadata = encodeMetadata(askedFields(manifest), told);
    const plain = inferRequest(manifest, pieces, metadata);
    const request = await this.steps.compress(plain);
    const features = join(pieces);
    const featuresSha256 = await hexSha256(features);
    const { backend } = head;
    return { manifest, backend, inputs, features, featuresSha256, told, metadata, plain, request, milliseconds };
  }

  private async runTail(made: Made, report: Report, signal: AbortSignal): Promise<Checked> {
    const spent = spentOn(made);
    report({ at: "tail", milliseconds: spent, loaded: 0, total: 0 });
    const start = performance.now();
    const reply = await this.steps.runTail(made, (loaded, total) =>
      report({ at: "tail", milliseconds: spent, loaded, total }),
    );
    signal.throwIfAborted();
    return checkedBy("phone", made, reply, performance.now() - start);
  }

  /** Head and tail are never mixed: features of an old head are thrown away, and the new head's sent, once. */
  private async sendOnceMoreIfTheBundleChanged(made: Made, report: Report, signal: AbortSignal): Promise<Checked> {
    try {
      return await this.sendWhenItMay(made, report, signal);
    } catch (error) {
      if (!(error instanceof BundleChanged)) throw error;
      this.made = null;
      report({ at: "phone" });
      this.made = await this.make(await this.steps.replaceHead(error.current), report);
      signal.throwIfAborted();
      return await this.sendWhenItMay(this.made, report, signal);
    }
  }

  private sendWhenItMay(made: Made, report: Report, signal: AbortSignal): Promise<Checked> {
    return sendWhenItMay(
      () => this.send(made, report, signal),
      async (secondsLeft) => {
        report({ at: "busy", milliseconds: spentOn(made), total: made.request.body.length, secondsLeft });
        await this.steps.oneSecond(signal);
      },
    );
  }

  private async send(made: Made, report: Report, signal: AbortSignal): Promise<Checked> {
    const total = made.request.body.length;
    const onSent = (sent: number) => {
      const at = sent < total ? "sending" : "server";
      report({ at, milliseconds: spentOn(made), sent, total });
    };
    onSent(0);
    const start = performance.now();
    const reply = await this.steps.sendFeatures(made.manifest, made.request, this.photos.length, { signal, onSent });
    return checkedBy("server", made, reply, performance.now() - start);
  }
}

function checkedBy(place: Place, made: Made, { answers, text }: Reply, milliseconds: number): Checked {
  return { made, place, answered: { agreement: agree(answers), reply: text, milliseconds } };
}

function spentOn({ milliseconds }: Made): number {
  return milliseconds.prepare + milliseconds.head;
}
