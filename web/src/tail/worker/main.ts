/** The worker of the tail: one tail at a time, on WebAssembly. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { expose } from "comlink";
import { useBackend } from "../../head/worker/backend.ts";
import { loadGraph } from "../../head/worker/graph.ts";
import type { TailFiles, TailWorker } from "../protocol.ts";

interface Loaded {
  readonly graph: GraphModel;
  readonly files: TailFiles;
  /** Names of the graph's tensors: the inputs by what they hold, the outputs in their order. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
}

let loaded: Loaded | null = null;

const worker: TailWorker = {
  async load(files) {
    loaded?.graph.dispose();
    loaded = null;
    await useBackend("wasm");
    const graph = await loadGraph(files);
    const { signature } = JSON.parse(files.model);
    const named = (tensors: Record<string, { name: string }>) =>
      Object.entries(tensors).sort(([a], [b]) => a.localeCompare(b));
    const inputs = Object.fromEntries(named(signature.inputs).map(([key, { name }]) => [key, name]));
    loaded = { graph, files, inputs, outputs: named(signature.outputs).map(([, { name }]) => name) };
  },

  async run(features, metadata, items) {
    if (loaded === null) throw new Error("No tail is loaded.");
    const { graph, files, inputs, outputs } = loaded;
    const start = performance.now();
    const given: tf.NamedTensorMap = {
      [inputs.features ?? "features"]: tf.tensor(features, [items, ...files.shape]),
    };
    if (files.metadataWidth !== null) {
      const told = metadata ?? new Float32Array(items * files.metadataWidth);
      given[inputs.metadata ?? "metadata"] = tf.tensor(told, [items, files.metadataWidth]);
    }
    const found = [graph.execute(given, [...outputs])].flat();
    try {
      const [probabilities, domains] = await Promise.all(found.map((tensor) => tensor.data()));
      return {
        probabilities: Float32Array.from(probabilities ?? []),
        domains: files.tellsDomains ? Float32Array.from(domains ?? []) : null,
        milliseconds: performance.now() - start,
      };
    } finally {
      tf.dispose([given, found]);
    }
  },
};

expose(worker);
