/** The tail on this device, where the bundle carries one for it: fetched when it is first asked for, proven, then run. */

import type { Reply } from "../api/infer.ts";
import type { Made } from "../app/checked.ts";
import { readAnswers } from "../contract/answer.ts";
import { fromBytes } from "../contract/datatype.ts";
import type { Manifest } from "../contract/manifest.ts";
import { buildReply, replyJson } from "../contract/reply.ts";
import { Trouble } from "../contract/trouble.ts";
import { type Fetch, fetchFiles, type OnBytes } from "../head/download.ts";
import { modelIn, namesIn } from "../head/model.ts";
import { answerOf, LOAD_MILLISECONDS, RUN_MILLISECONDS, type Thread } from "../head/thread.ts";
import { checkGoldenTail, GOLDEN_FILES } from "./golden.ts";
import type { TailWorker } from "./protocol.ts";

const FOLDER = "tail-tfjs/";
const MODEL = `${FOLDER}model.json`;

export class Tails {
  private thread: Thread<TailWorker> | null = null;
  private loading: { readonly id: string; readonly done: Promise<void> } | null = null;
  private readonly worker: TailWorker = {
    load: (files) => this.ask((remote) => remote.load(files), LOAD_MILLISECONDS),
    run: (...given) => this.ask((remote) => remote.run(...given), RUN_MILLISECONDS),
  };

  constructor(
    private readonly fetch: Fetch,
    private readonly spawn: () => Thread<TailWorker>,
  ) {}

  /** Bytes that running a bundle's tail here has to fetch, null where the bundle carries none for it. */
  bytesOf(manifest: Manifest): number | null {
    if (manifest.tail_in_page === null || !manifest.files[MODEL]?.public) return null;
    return namesIn(manifest, FOLDER).reduce((total, name) => total + (manifest.files[name]?.bytes ?? 0), 0);
  }

  /** An answer for each photo. Throws Trouble `tail_absent`, `tail_unreachable` or `tail_failed`, `reply_invalid` too. */
  async run({ manifest, features, inputs, metadata }: Made, onBytes: OnBytes): Promise<Reply> {
    await this.ready(manifest, onBytes);
    const items = inputs.length;
    const told = metadata === null ? null : Float32Array.from(inputs.flatMap(() => [...metadata]));
    const run = await attempt(this.worker.run(fromBytes(features, manifest.features.datatype), told, items));
    const reply = buildReply(manifest, run);
    return { answers: readAnswers(reply, manifest, items), text: replyJson(reply) };
  }

  private ready(manifest: Manifest, onBytes: OnBytes): Promise<void> {
    if (this.loading?.id !== manifest.id) {
      const done = this.load(manifest, onBytes);
      this.loading = { id: manifest.id, done };
      // One that failed is tried anew by the next call.
      done.catch(() => {
        this.loading = null;
      });
    }
    return this.loading.done;
  }

  private ask<T>(question: (remote: TailWorker) => Promise<T>, limit: number): Promise<T> {
    this.thread ??= this.start();
    const thread = this.thread;
    return answerOf(thread, question, limit, () => this.bury(thread));
  }

  private start(): Thread<TailWorker> {
    const thread = this.spawn();
    thread.mourners.add(() => this.bury(thread));
    return thread;
  }

  /** A thread that died or does not answer is done with, and so is the tail in it. */
  private bury(thread: Thread<TailWorker>): void {
    if (this.thread !== thread) return;
    thread.end();
    this.thread = null;
    this.loading = null;
  }

  private async load(manifest: Manifest, onBytes: OnBytes): Promise<void> {
    if (this.bytesOf(manifest) === null) throw new Trouble("tail_absent");
    const files = await fetchFiles(
      this.fetch,
      manifest,
      [...namesIn(manifest, FOLDER), ...GOLDEN_FILES],
      onBytes,
    ).catch(unreachable);
    const graph = await attempt((async () => modelIn(files, FOLDER))());
    const { features, metadata, domains } = manifest;
    const metadataWidth = metadata === null ? null : metadata.fields.reduce((sum, field) => sum + widthOf(field), 0);
    const spec = { shape: features.shape, metadataWidth, tellsDomains: domains !== null };
    await attempt(this.worker.load({ ...graph, ...spec }));
    await attempt(checkGoldenTail(this.worker, manifest, files));
  }
}

/** Age takes two columns, years and whether they were told, the others one for each value. */
function widthOf({ name, values }: { name: string; values: readonly string[] }): number {
  return name === "age" ? 2 : values.length;
}

function unreachable(error: unknown): never {
  if (error instanceof Trouble && error.kind === "head_unreachable")
    throw new Trouble("tail_unreachable", error.detail);
  throw new Trouble("tail_failed", String(error));
}

async function attempt<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    throw new Trouble("tail_failed", error instanceof Error ? error.message : String(error));
  }
}
