import { wrap } from "comlink";
import type { HeadWorker } from "./protocol.ts";

/** Start the worker that runs heads, so that the page never stands still. */
export function startWorker(): HeadWorker {
  return wrap<HeadWorker>(new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module" }));
}
