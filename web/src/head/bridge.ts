import { releaseProxy, wrap } from "comlink";
import { lastBackend } from "./choice.ts";
import { LivingWorker, type Spawned } from "./living.ts";
import type { HeadWorker } from "./protocol.ts";

/** Start the worker that runs heads, so that the page never stands still; one that dies is started anew. */
export function startWorker(): HeadWorker {
  return new LivingWorker(spawn);
}

/** Its name tells a worker which back end to start with while the head is on its way. */
function spawn(): Spawned {
  const worker = new Worker(new URL("./worker/head.ts", import.meta.url), { type: "module", name: lastBackend() });
  const remote = wrap<HeadWorker>(worker);
  const mourners = new Set<(cause: Error) => void>();
  const mourn = (words: string) => {
    for (const tell of mourners) tell(new Error(words));
  };
  worker.addEventListener("error", (event) => mourn(event.message || "The worker stopped."));
  worker.addEventListener("messageerror", () => mourn("The worker's message could not be read."));
  return {
    remote,
    mourners,
    end: () => {
      remote[releaseProxy]();
      worker.terminate();
    },
  };
}
