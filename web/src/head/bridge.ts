import { lastBackend } from "./choice.ts";
import { LivingWorker } from "./living.ts";
import type { HeadWorker } from "./protocol.ts";
import { type Thread, threadOf } from "./thread.ts";

/** Start the worker that runs heads, so that the page never stands still; one that dies is started anew. */
export function startWorker(): HeadWorker {
  return new LivingWorker(spawn);
}

/** Its name tells a worker which back end to start with while the head is on its way. */
function spawn(): Thread<HeadWorker> {
  return threadOf(new Worker(new URL("./worker/head.ts", import.meta.url), { type: "module", name: lastBackend() }));
}
