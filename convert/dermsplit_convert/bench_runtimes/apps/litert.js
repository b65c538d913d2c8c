/** LiteRT.js, as its own documentation has it. Threads need another file of WebAssembly and an isolated page. */

import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

const WASM = new URL("../npm/litert/node_modules/@litertjs/core/wasm/", import.meta.url).href;

export async function loadHead({ backend, threads, model }) {
  await loadLiteRt(WASM, { threads: threads > 1 });
  const compiled = await loadAndCompile(model, { accelerator: backend, cpuOptions: { numThreads: threads } });
  const used = compiled.options.accelerator;
  if (used !== backend) throw new Error(`The head does not run on ${backend}: LiteRT.js falls back to ${used}.`);
  return async (values, size) => {
    const picture = new Tensor(values, [1, size, size, 3]);
    const [output] = await compiled.run(picture);
    const features = await output.moveTo("wasm");
    try {
      return Float32Array.from(features.toTypedArray());
    } finally {
      picture.delete();
      features.delete();
    }
  };
}
