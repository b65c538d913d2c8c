/** What page and worker say to each other. */

import type { FeaturesSpec } from "../contract/manifest.ts";

/** Tried in this order: WebAssembly gives the same on every phone, the graphics processor is the way out. */
export const BACKENDS = ["wasm", "webgl"] as const;
export type Backend = (typeof BACKENDS)[number];

/** A case whose answer is known: RGB uint8 [size, size, 3], and the features in the wire's bytes. */
export interface GoldenCase {
  readonly input: Uint8Array;
  readonly features: Uint8Array;
}

/** Everything that the worker needs to run one bundle's head; it fetches nothing of the bundle itself. */
export interface HeadFiles {
  /** The TF.js graph model as text, and its weight files joined in the order in which it names them. */
  readonly model: string;
  readonly weights: ArrayBuffer;
  readonly inputSize: number;
  readonly features: FeaturesSpec;
  readonly golden: GoldenCase;
}

export interface HeadRun {
  /** In the wire's datatype: row-major, little-endian, without the batch axis. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly milliseconds: number;
}

/** The worker's side. */
export interface HeadWorker {
  /** Load a head on the first back end that gives the golden features; the head before it is disposed of. */
  load(files: HeadFiles, backends: readonly Backend[]): Promise<Backend>;
  /** Run the loaded head on RGB uint8 [size, size, 3]. */
  run(input: Uint8Array): Promise<HeadRun>;
}
