import { defineConfig } from "vitest/config";
import { compressAhead } from "./build/compress.ts";
import { offline } from "./build/offline.ts";
import { onlyUsedOperations } from "./build/tfjs.ts";

/** Of whom the worker's code is, in place of a hundred notices. */
const NOTICE =
  "/*! TensorFlow.js and Comlink, Google LLC, Apache-2.0; XNNPACK, BSD-3-Clause; float16, Kenta Moriuchi, MIT */";
const server = "http://127.0.0.1:8000";

export default defineConfig({
  // Relative, so that the page also works below a path of a reverse proxy.
  base: "./",
  build: {
    outDir: "../server/dermsplit_server/page",
    emptyOutDir: true,
    target: "es2022",
    // Older than light-dark(), which is written out for them.
    cssTarget: ["chrome111", "firefox114", "safari16.4"],
    // The wasm files are fetched, never inlined: the policy has no data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    // Compressing takes most of a build, as it may.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [offline(), compressAhead()],
  worker: {
    format: "es",
    plugins: () => [onlyUsedOperations()],
    rolldownOptions: { output: { comments: { legal: false }, banner: NOTICE } },
  },
  server: { proxy: { "/v2": server, "/bundles": server } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
