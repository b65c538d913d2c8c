/** The worker: one head at a time, proven on the golden case before it sees a photo. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { expose, transfer } from "comlink";
import { toBytes } from "../../contract/datatype.ts";
import type { FeaturesSpec } from "../../contract/manifest.ts";
import type { Backend, HeadFiles, HeadRun, HeadWorker } from "../protocol.ts";
import { useBackend } from "./backend.ts";
import { checkGolden } from "./golden.ts";
import { loadGraph, runGraph } from "./graph.ts";

interface Loaded {
  readonly graph: GraphModel;
  readonly inputSize: number;
  readonly spec: FeaturesSpec;
}

let loaded: Loaded | null = null;

const worker: HeadWorker = {
  async load(files, backends) {
    loaded?.graph.dispose();
    loaded = null;
    const reasons: string[] = [];
    for (const backend of backends) {
      try {
        loaded = await proven(files, backend);
        return backend;
      } catch (error) {
        reasons.push(`${backend}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    throw new Error(reasons.join(" "));
  },

  async run(input) {
    if (loaded === null) throw new Error("No head is loaded.");
    const start = performance.now();
    const bytes = await features(loaded, input);
    const run: HeadRun = { bytes, milliseconds: performance.now() - start };
    return transfer(run, [bytes.buffer]);
  },
};

/** Load on a back end and run the golden case: a self-test, and the warm-up that makes the next run quick. */
async function proven(files: HeadFiles, backend: Backend): Promise<Loaded> {
  await useBackend(backend);
  const candidate = { graph: await loadGraph(files), inputSize: files.inputSize, spec: files.features };
  try {
    checkGolden(await features(candidate, files.golden.input), files.golden.features, files.features);
    return candidate;
  } catch (error) {
    candidate.graph.dispose();
    throw error;
  }
}

async function features({ graph, inputSize, spec }: Loaded, input: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return toBytes(await runGraph(graph, input, inputSize), spec.datatype, spec.levels);
}

expose(worker);
