/** What page and tail worker say to each other. */

import type { GraphFiles } from "../head/protocol.ts";

/** Everything that the worker needs to run one bundle's tail; it fetches nothing of the bundle itself. */
export interface TailFiles extends GraphFiles {
  /** Shape of the features without the batch axis, and width M of the metadata, null where the tail takes none. */
  readonly shape: readonly number[];
  readonly metadataWidth: number | null;
  /** Whether a second output tells the domain probabilities. */
  readonly tellsDomains: boolean;
}

/** What the tail gives for N items: rows one behind the other. */
export interface TailRun {
  /** float32 [N, C]. */
  readonly probabilities: Float32Array;
  /** float32 [N, 3], null where the network tells no domains apart. */
  readonly domains: Float32Array | null;
  readonly milliseconds: number;
}

/** The worker's side. */
export interface TailWorker {
  /** Load a tail; the one before it is disposed of. Throws where this browser cannot run it. */
  load(files: TailFiles): Promise<void>;
  /** Run the loaded tail on features float32 [N, ...] and metadata float32 [N, M], null where nothing is told. */
  run(features: Float32Array, metadata: Float32Array | null, items: number): Promise<TailRun>;
}
