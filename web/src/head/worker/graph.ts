/** A head as TF.js runs it. Every tensor made here is disposed of here. */

import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import type { HeadFiles } from "../protocol.ts";

/** Build the graph model from bytes that are already here. */
export async function loadGraph(files: HeadFiles): Promise<GraphModel> {
  const model = JSON.parse(files.model);
  return loadGraphModel({
    load: async () => ({
      format: model.format,
      modelTopology: model.modelTopology,
      signature: model.signature,
      weightSpecs: model.weightsManifest.flatMap((group: { weights: tf.io.WeightsManifestEntry[] }) => group.weights),
      weightData: files.weights,
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
