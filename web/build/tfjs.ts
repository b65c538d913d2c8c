/**
 * TF.js without what no head uses: of its 300 operations only those of operations.json are built in, with one kernel
 * each for every back end. What TF.js itself calls a custom module, as a plugin of the build.
 */

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

interface Operation {
  /** What of TF.js' functions computes it. */
  readonly functions: readonly string[];
  readonly kernels: readonly string[];
}

const operations: Record<string, Operation> = JSON.parse(
  readFileSync(new URL("./operations.json", import.meta.url), "utf8"),
);

/** Kernels that other parts of TF.js call, whatever the graph holds. */
const ALWAYS = ["Cast", "Identity", "Reshape"];
/** Parts of the converter that hold none of the operations: both what they map and what they run is left out. */
const UNUSED =
  /operations\/(?:executors\/(?:control|creation|dynamic|evaluation|hash_table|logical|ragged|sparse|spectral|string)_executor|op_list\/(?:control|creation|dynamic|evaluation|hash_table|logical|ragged|sparse|spectral|string|tfdf))$/;

const CORE = "@tensorflow/tfjs-core";
const MODULES: Record<string, () => string> = {
  // As TF.js' own entry, less the optimizers that it registers for training.
  [CORE]: () => `import "${CORE}/dist/base_side_effects"; export * from "${CORE}/dist/base";`,
  [`${CORE}/dist/ops/ops_for_converter`]: functionsOf,
  "virtual:kernels/wasm": () => kernelsOf("wasm"),
  "virtual:kernels/webgl": () => kernelsOf("webgl"),
  "virtual:kernels/webgpu": () => kernelsOf("webgpu"),
};
const THREADS: Record<string, string> = {
  "../wasm-out/tfjs-backend-wasm-threaded-simd.js": "export default () => { throw new Error('No threads.'); };",
  "../wasm-out/tfjs-backend-wasm-threaded-simd.worker.js": "export const wasmWorkerContents = '';",
};
/** Ways to load and keep models that the page does not use: it hands over bytes. */
const STORES: Record<string, readonly string[]> = {
  "./http": ["http", "browserHTTPRequest", "isHTTPScheme"],
  "./browser_files": ["browserFiles"],
  "./weights_loader": ["loadWeights", "weightsLoaderFactory"],
  "./model_management": ["copyModel", "listModels", "moveModel", "removeModel"],
  "./local_storage": [],
  "./indexed_db": [],
};
const NO_OPERATIONS = "export const json = []; export const executeOp = () => { throw new Error('Left out.'); };";

/** A fresh plugin; Vite wants one for the page and one for its worker. */
export function onlyUsedOperations(): Plugin {
  return {
    name: "only-used-operations",
    enforce: "pre",
    resolveId(source, importer) {
      if (source in MODULES || source in THREADS) return `\0${source}`;
      if (importer?.includes("tfjs-converter") && UNUSED.test(`operations/${source.replace(/^\.\//, "")}`)) {
        return "\0no-operations";
      }
      if (importer?.endsWith("tfjs-core/dist/io/io.js") && source in STORES) return `\0store:${source}`;
      return null;
    },
    load(id) {
      const name = id.replace(/^\0/, "");
      if (id === name) return null;
      if (name === "no-operations") return NO_OPERATIONS;
      if (name.startsWith("store:")) return nothingFor(STORES[name.slice(6)] ?? []);
      return THREADS[name] ?? MODULES[name]?.() ?? null;
    },
    transform(code, id) {
      if (!id.includes("tfjs-converter/dist/operations/op_list/")) return null;
      const text = code.replace("export const json = ", "return ").replace(/\/\/# source.*/, "");
      const known: { tfOpName: string }[] = new Function(text)();
      return `export const json = ${JSON.stringify(known.filter(({ tfOpName }) => tfOpName in operations))};`;
    },
  };
}

function nothingFor(names: readonly string[]): string {
  return names.map((name) => `export const ${name} = undefined;`).join("\n");
}

function functionsOf(): string {
  const names = new Set(Object.values(operations).flatMap(({ functions }) => functions));
  // This one is an object of dozens of functions, of which two are used.
  names.delete("image");
  return [
    `export { ${[...names].sort().join(", ")} } from "${CORE}/dist/ops/ops";`,
    `import { resizeBilinear } from "${CORE}/dist/ops/image/resize_bilinear";`,
    `import { resizeNearestNeighbor } from "${CORE}/dist/ops/image/resize_nearest_neighbor";`,
    "export const image = { resizeBilinear, resizeNearestNeighbor };",
  ].join("\n");
}

function kernelsOf(backend: "wasm" | "webgl" | "webgpu"): string {
  const kernels = [...new Set([...ALWAYS, ...Object.values(operations).flatMap(({ kernels }) => kernels)])].sort();
  const files = kernels.map((kernel) => (backend === "webgl" && kernel === "FusedBatchNorm" ? "BatchNorm" : kernel));
  const configs = files.map((file) => `${file.replace(/^_?./, (first) => first.toLowerCase())}Config`);
  return [
    `import { registerKernel } from "${CORE}";`,
    ...files.map(
      (file, i) => `import { ${configs[i]} } from "@tensorflow/tfjs-backend-${backend}/dist/kernels/${file}";`,
    ),
    `for (const config of [${configs.join(", ")}]) registerKernel(config);`,
  ].join("\n");
}
