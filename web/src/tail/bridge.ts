import { type Thread, threadOf } from "../head/thread.ts";
import type { TailWorker } from "./protocol.ts";

/** Start the worker that runs tails. Its code is fetched now, by those who asked for it. */
export function startTailWorker(): Thread<TailWorker> {
  return threadOf(new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module" }));
}
