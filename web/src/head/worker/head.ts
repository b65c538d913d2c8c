/** The worker: one head at a time, proven on the golden case before it sees a photo. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { expose, transfer } from "comlink";
import { toBytes } from "../../contract/datatype.ts";
import type { FeaturesSpec } from "../../contract/manifest.ts";
import type { Backend, HeadFiles, HeadWorker, Proven, WorkerRun } from "../protocol.ts";
import { requireContext, useBackend } from "./backend.ts";
import { checkGolden } from "./golden.ts";
import { loadGraph, runDecoder, runGraph } from "./graph.ts";

interface Loaded {
  readonly backend: Backend;
  readonly graph: GraphModel;
  readonly inputSize: number;
  readonly spec: FeaturesSpec;
}

let loaded: Loaded | null = null;

/** WebAssembly is fetched and compiled while the head is still on its way, unless the page names another back end. */
const first = (self.name || "wasm") as Backend;
const early = useBackend(first).catch(() => {});

const worker: HeadWorker = {
  async load(files, backends) {
    loaded?.graph.dispose();
    loaded = null;
    await early;
    const reasons: string[] = [];
    for (const backend of backends) {
      try {
        loaded = await proven(files, backend);
        return { backend, milliseconds: await timed(loaded, files.golden.input) } satisfies Proven;
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
    const run: WorkerRun = { bytes, milliseconds: performance.now() - start, backend: loaded.backend };
    return transfer(run, [bytes.buffer]);
  },

  async rebuild(files, features, items) {
    await early;
    const pictures = await runDecoder(files, features, items);
    requireContext();
    return pictures;
  },
};

/** Load on a back end and run the golden case: a self-test, and the warm-up that makes the next run quick. */
async function proven(files: HeadFiles, backend: Backend): Promise<Loaded> {
  await useBackend(backend);
  const candidate = { backend, graph: await loadGraph(files), inputSize: files.inputSize, spec: files.features };
  try {
    checkGolden(await features(candidate, files.golden.input), files.golden.features, files.features);
    return candidate;
  } catch (error) {
    candidate.graph.dispose();
    throw error;
  }
}

/** Milliseconds of a warm run. */
async function timed(candidate: Loaded, input: Uint8Array): Promise<number> {
  const start = performance.now();
  await features(candidate, input);
  return performance.now() - start;
}

async function features({ graph, inputSize, spec }: Loaded, input: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const values = await runGraph(graph, input, inputSize);
  requireContext();
  return toBytes(values, spec.datatype, spec.levels);
}

expose(worker);
