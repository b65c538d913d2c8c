import { wrap } from "comlink";
import type { TailWorker } from "./protocol.ts";

/** Start the worker that runs tails. Its code is fetched now, by those who asked for it. */
export function startTailWorker(): TailWorker {
  return wrap<TailWorker>(new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module" }));
}
