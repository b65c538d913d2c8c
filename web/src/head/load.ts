/** One head's way: manifest → files → golden input → worker → self-test. */

import { ContractError, type Manifest } from "../contract/manifest.ts";
import { asTrouble, Trouble } from "../contract/trouble.ts";
import { type Bytes, type Fetch, fetchFiles, fetchManifest, type OnBytes } from "./download.ts";
import { fileOf, modelIn, namesIn } from "./model.ts";
import type { Backend, HeadFiles, HeadRun, HeadWorker, Proven } from "./protocol.ts";

const FOLDER = "head/";
const GOLDEN_INPUT = "golden/input.png";
const GOLDEN_FEATURES = "golden/features.bin";

/** A head that has proven itself on this device. */
export interface Head {
  readonly manifest: Manifest;
  /** The one that the last run was on. */
  readonly backend: Backend;
  /** RGB uint8 [size, size, 3] to features. */
  run(input: Uint8Array): Promise<HeadRun>;
}

/** What loading needs from the outside. */
export interface Surroundings {
  readonly fetch: Fetch;
  readonly worker: HeadWorker;
  /** Decode a PNG of size x size to RGB uint8 [size, size, 3]. */
  readonly decode: (png: Bytes, size: number) => Promise<Uint8Array>;
  readonly backends: readonly Backend[];
}

export interface LoadReport {
  readonly onBytes: OnBytes;
  readonly onProving: () => void;
}

/** Load the head of a bundle, of the server's default where `id` is null. Throws Trouble. */
export async function loadHead(around: Surroundings, id: string | null, report: LoadReport): Promise<Head> {
  try {
    const manifest = await fetchManifest(around.fetch, id);
    const names = namesIn(manifest, FOLDER);
    const files = await fetchFiles(around.fetch, manifest, [...names, GOLDEN_INPUT, GOLDEN_FEATURES], report.onBytes);
    report.onProving();
    const input = await around.decode(fileOf(files, GOLDEN_INPUT), manifest.input.size);
    const { backend } = await prove(around, headFiles(manifest, files, input));
    return new LoadedHead(manifest, backend, around.worker);
  } catch (error) {
    throw error instanceof ContractError ? new Trouble("head_corrupt", error.message) : asTrouble(error);
  }
}

class LoadedHead implements Head {
  constructor(
    readonly manifest: Manifest,
    public backend: Backend,
    private readonly worker: HeadWorker,
  ) {}

  async run(picture: Uint8Array): Promise<HeadRun> {
    try {
      const { backend, ...run } = await this.worker.run(picture);
      this.backend = backend;
      return run;
    } catch (error) {
      throw new Trouble("head_failed", error instanceof Error ? error.message : String(error));
    }
  }
}

async function prove({ worker, backends }: Surroundings, files: HeadFiles): Promise<Proven> {
  try {
    return await worker.load(files, backends);
  } catch (error) {
    throw new Trouble("head_failed", error instanceof Error ? error.message : String(error));
  }
}

function headFiles(manifest: Manifest, files: Map<string, Bytes>, input: Uint8Array): HeadFiles {
  return {
    id: manifest.id,
    ...modelIn(files, FOLDER),
    inputSize: manifest.input.size,
    features: manifest.features,
    golden: { input, features: fileOf(files, GOLDEN_FEATURES) },
  };
}
