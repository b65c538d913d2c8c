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
import { checkGoldenTail, GOLDEN_FILES } from "./golden.ts";
import type { TailWorker } from "./protocol.ts";

const FOLDER = "tail-tfjs/";
const MODEL = `${FOLDER}model.json`;

export class Tails {
  private worker: TailWorker | null = null;
  private loading: { readonly id: string; readonly worker: Promise<TailWorker> } | null = null;

  constructor(
    private readonly fetch: Fetch,
    private readonly startWorker: () => TailWorker,
  ) {}

  /** Bytes that running a bundle's tail here has to fetch, null where the bundle carries none for it. */
  bytesOf(manifest: Manifest): number | null {
    if (manifest.tail_in_page === null || !manifest.files[MODEL]?.public) return null;
    return namesIn(manifest, FOLDER).reduce((total, name) => total + (manifest.files[name]?.bytes ?? 0), 0);
  }

  /** An answer for each photo. Throws Trouble `tail_absent`, `tail_unreachable` or `tail_failed`, `reply_invalid` too. */
  async run({ manifest, features, inputs, metadata }: Made, onBytes: OnBytes): Promise<Reply> {
    const worker = await this.get(manifest, onBytes);
    const items = inputs.length;
    const told = metadata === null ? null : Float32Array.from(inputs.flatMap(() => [...metadata]));
    const run = await attempt(worker.run(fromBytes(features, manifest.features.datatype), told, items));
    const reply = buildReply(manifest, run);
    return { answers: readAnswers(reply, manifest, items), text: replyJson(reply) };
  }

  private get(manifest: Manifest, onBytes: OnBytes): Promise<TailWorker> {
    if (this.loading?.id !== manifest.id) {
      const worker = this.load(manifest, onBytes);
      this.loading = { id: manifest.id, worker };
      // One that failed is tried anew by the next call.
      worker.catch(() => {
        this.loading = null;
      });
    }
    return this.loading.worker;
  }

  private async load(manifest: Manifest, onBytes: OnBytes): Promise<TailWorker> {
    if (this.bytesOf(manifest) === null) throw new Trouble("tail_absent");
    const files = await fetchFiles(
      this.fetch,
      manifest,
      [...namesIn(manifest, FOLDER), ...GOLDEN_FILES],
      onBytes,
    ).catch(unreachable);
    const graph = await attempt((async () => modelIn(files, FOLDER))());
    this.worker ??= this.startWorker();
    const { features, metadata, domains } = manifest;
    const metadataWidth = metadata === null ? null : metadata.fields.reduce((sum, field) => sum + widthOf(field), 0);
    const spec = { shape: features.shape, metadataWidth, tellsDomains: domains !== null };
    await attempt(this.worker.load({ ...graph, ...spec }));
    await attempt(checkGoldenTail(this.worker, manifest, files));
    return this.worker;
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
