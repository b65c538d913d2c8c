/** The TF.js back ends, with the WebAssembly files that ship with the page. */

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm/dist/base";
import plain from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url";
import * as tf from "@tensorflow/tfjs-core";
import "virtual:kernels/wasm";
import type { Backend } from "../protocol.ts";

// One thread: threads need cross-origin isolation, a third file and a worker made from text, for a head this small.
tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
setWasmPaths({
  "tfjs-backend-wasm.wasm": plain,
  "tfjs-backend-wasm-simd.wasm": simd,
  "tfjs-backend-wasm-threaded-simd.wasm": simd,
});

/** Switch to a back end. Throws where the device does not have it. */
export async function useBackend(backend: Backend): Promise<void> {
  // Fetched only by those who need it: each is as large as all the rest of the worker.
  if (backend === "webgl") await import("./webgl.ts");
  if (backend === "webgpu") await import("./webgpu.ts");
  if (!(await tf.setBackend(backend))) throw new Error(`This browser has no ${backend}.`);
  await tf.ready();
}

/** What of a WebGL back end tells whether its context is still there. */
interface WithContext {
  readonly gpgpu?: { readonly gl?: { isContextLost(): boolean } };
}

/** Throw where the graphics processor has been taken away: what it gave since is zeros, not features. */
export function requireContext(): void {
  if (tf.getBackend() !== "webgl") return;
  const { gpgpu } = tf.backend() as unknown as WithContext;
  if (gpgpu?.gl?.isContextLost()) throw new Error("The WebGL context is lost.");
}
