/** Writes service-worker.js: the worker's source with the names of the files that this build made. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type Plugin, transformWithOxc } from "vite";

const SOURCE = new URL("../src/offline/worker.ts", import.meta.url);
const PUBLIC = new URL("../public/", import.meta.url);

/** Of public/; the large icons are the system's to fetch when the page is installed. */
const SMALL = /\.(?:svg|webmanifest)$/;
/** Opens with the page, or is wanted before the first answer of anyone: its own script and style, the decoder of photos. */
const OWN = /^assets\/(?:index|decode)-.*\.(?:js|css)$/;

export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const shown = readdirSync(PUBLIC, { recursive: true, encoding: "utf8" }).filter((name) => SMALL.test(name));
      const shell = ["./", ...shown, ...assets.filter((name) => OWN.test(name))];
      const more = assets.filter((name) => !OWN.test(name) && /\.(?:js|wasm)$/.test(name));
      const { code } = await transformWithOxc(readFileSync(SOURCE, "utf8"), "worker.ts");
      const page = bundle["index.html"]?.type === "asset" ? String(bundle["index.html"].source) : "";
      const version = createHash("sha256")
        .update(JSON.stringify([page, shell, more, code]))
        .digest("hex")
        .slice(0, 16);
      const names = `const SHELL = ${JSON.stringify(shell)};\nconst MORE = ${JSON.stringify(more)};\nconst VERSION = "${version}";\n`;
      // A classic script, for browsers whose service workers know no modules.
      const source = names + code.replace(/^export\s*\{\s*\};?\s*$/m, "");
      this.emitFile({ type: "asset", fileName: "service-worker.js", source });
    },
  };
}
