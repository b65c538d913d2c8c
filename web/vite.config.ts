import { defineConfig } from "vitest/config";

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
  },
  worker: { format: "es" },
  server: { proxy: { "/v2": server, "/bundles": server } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
