/** One head's way: manifest → files → golden input → worker → self-test. */

import * as v from "valibot";
import { ContractError, type Manifest } from "../contract/manifest.ts";
import { asTrouble, Trouble } from "../contract/trouble.ts";
import { type Bytes, type Fetch, fetchFiles, fetchManifest, join, type OnBytes } from "./download.ts";
import type { Backend, HeadFiles, HeadRun, HeadWorker } from "./protocol.ts";

const MODEL = "head/model.json";
const GOLDEN_INPUT = "golden/input.png";
const GOLDEN_FEATURES = "golden/features.bin";

/** A head that has proven itself on this device. */
export interface Head {
  readonly manifest: Manifest;
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
    const names = Object.keys(manifest.files).filter((name) => name.startsWith("head/"));
    const files = await fetchFiles(around.fetch, manifest, [...names, GOLDEN_INPUT, GOLDEN_FEATURES], report.onBytes);
    report.onProving();
    const input = await around.decode(fileOf(files, GOLDEN_INPUT), manifest.input.size);
    const backend = await prove(around, headFiles(manifest, files, input));
    return { manifest, backend, run: (picture) => runHead(around.worker, picture) };
  } catch (error) {
    throw error instanceof ContractError ? new Trouble("head_corrupt", error.message) : asTrouble(error);
  }
}

async function prove({ worker, backends }: Surroundings, files: HeadFiles): Promise<Backend> {
  try {
    return await worker.load(files, backends);
  } catch (error) {
    throw new Trouble("head_failed", error instanceof Error ? error.message : String(error));
  }
}

async function runHead(worker: HeadWorker, picture: Uint8Array): Promise<HeadRun> {
  try {
    return await worker.run(picture);
  } catch (error) {
    throw new Trouble("head_failed", error instanceof Error ? error.message : String(error));
  }
}

function headFiles(manifest: Manifest, files: Map<string, Bytes>, input: Uint8Array): HeadFiles {
  const model = new TextDecoder().decode(fileOf(files, MODEL));
  const shards = shardNames(model).map((name) => fileOf(files, `head/${name}`));
  return {
    model,
    weights: join(shards).buffer,
    inputSize: manifest.input.size,
    features: manifest.features,
    golden: { input, features: fileOf(files, GOLDEN_FEATURES) },
  };
}

const graphModel = v.object({ weightsManifest: v.array(v.object({ paths: v.array(v.string()) })) });

function shardNames(model: string): string[] {
  return v.parse(graphModel, JSON.parse(model)).weightsManifest.flatMap(({ paths }) => paths);
}

function fileOf(files: Map<string, Bytes>, name: string): Bytes {
  const file = files.get(name);
  if (file === undefined) throw new Trouble("head_corrupt", `The bundle has no ${name}.`);
  return file;
}
