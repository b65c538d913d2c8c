/** What page and worker say to each other. */

import type { FeaturesSpec } from "../contract/manifest.ts";

/**
 * In the order in which a device that is new to a head tries them: WebAssembly gives the same on every phone and is the
 * smallest to fetch, the graphics processor is the way out, and the way to more speed where a self-test shows it.
 */
export const BACKENDS = ["wasm", "webgl", "webgpu"] as const;
export type Backend = (typeof BACKENDS)[number];

/** A case whose answer is known: RGB uint8 [size, size, 3], and the features in the wire's bytes. */
export interface GoldenCase {
  readonly input: Uint8Array;
  readonly features: Uint8Array;
}

/** A TF.js graph model. */
export interface GraphFiles {
  /** As text. */
  readonly model: string;
  /** Its weight files, joined in the order in which it names them. */
  readonly weights: ArrayBuffer;
}

/** Everything that the worker needs to run one bundle's head; it fetches nothing of the bundle itself. */
export interface HeadFiles extends GraphFiles {
  /** The bundle's id. */
  readonly id: string;
  readonly inputSize: number;
  readonly features: FeaturesSpec;
  readonly golden: GoldenCase;
}

/** The back end that a head has proven itself on, and how long a warm run of the golden input took. */
export interface Proven {
  readonly backend: Backend;
  readonly milliseconds: number;
}

export interface HeadRun {
  /** In the wire's datatype: row-major, little-endian, without the batch axis. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly milliseconds: number;
}

/** A run, and the back end that it was on: a device may lose the one that the head was loaded on. */
export interface WorkerRun extends HeadRun {
  readonly backend: Backend;
}

/** A bundle's decoder, from features as they are sent back to pictures. */
export interface DecoderFiles extends GraphFiles {
  /** Of one item's features. */
  readonly shape: readonly number[];
}

/** The worker's side. */
export interface HeadWorker {
  /** Load a head on the first back end that gives the golden features; the head before it is disposed of. */
  load(files: HeadFiles, backends: readonly Backend[]): Promise<Proven>;
  /** Run the loaded head on RGB uint8 [size, size, 3]. */
  run(input: Uint8Array): Promise<WorkerRun>;
  /** What a decoder makes of the features of so many items, float32 [items, ...shape]: float32 [items, P, P, 3] in 0..1. */
  rebuild(files: DecoderFiles, features: Float32Array, items: number): Promise<Float32Array>;
}
