/** Every file of the page, compressed once: `name.br` and `name.gz` beside it, which the server sends as they are. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(?:html|css|js|svg|json|webmanifest|txt)$/;
const BINARY = /\.wasm$/;
/** Bytes below which a header costs what is saved. */
const SMALLEST = 200;

/** Last of the plugins, since it compresses what the others wrote. */
export function compressAhead(): Plugin {
  let directory = "";
  return {
    name: "compress-ahead",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      directory = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith("/")) directory = config.build.outDir;
    },
    closeBundle: {
      order: "post",
      sequential: true,
      handler() {
        for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
          if (TEXT.test(name) || BINARY.test(name)) compress(join(directory, name));
        }
      },
    },
  };
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  if (bytes.length < SMALLEST) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: TEXT.test(file) ? constants.BROTLI_MODE_TEXT : constants.BROTLI_MODE_GENERIC,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
}
