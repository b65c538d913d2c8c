/** A head as TF.js runs it. Every tensor made here is disposed of here. */

import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import type { DecoderFiles, GraphFiles } from "../protocol.ts";
import { type Entry, expand } from "./weights.ts";

/** Build the graph model from bytes that are already here. */
export async function loadGraph(files: GraphFiles): Promise<GraphModel> {
  const model = JSON.parse(files.model);
  const entries: Entry[] = model.weightsManifest.flatMap((group: { weights: Entry[] }) => group.weights);
  return loadGraphModel({
    load: async () => ({
      format: model.format,
      modelTopology: model.modelTopology,
      signature: model.signature,
      ...expand(entries, files.weights),
    }),
  });
}

/** RGB uint8 [size, size, 3] to the head's features, float32, without the batch axis. */
export async function runGraph(graph: GraphModel, input: Uint8Array, size: number): Promise<Float32Array> {
  const picture = tf.tensor4d(Float32Array.from(input), [1, size, size, 3]);
  const features = graph.execute(picture) as tf.Tensor;
  try {
    return Float32Array.from(await features.data());
  } finally {
    tf.dispose([picture, features]);
  }
}

/** Features float32 [items, ...shape] to pictures float32 [items, P, P, 3]; the decoder is asked so seldom that it does not stay. */
export async function runDecoder(files: DecoderFiles, features: Float32Array, items: number): Promise<Float32Array> {
  const graph = await loadGraph(files);
  const given = tf.tensor(features, [items, ...files.shape]);
  try {
    const pictures = graph.execute(given) as tf.Tensor;
    try {
      return Float32Array.from(await pictures.data());
    } finally {
      pictures.dispose();
    }
  } finally {
    given.dispose();
    graph.dispose();
  }
}
