/** A worker as a thread that may die: every question to it ends, with an answer or with an error. */

import { type Remote, releaseProxy, wrap } from "comlink";

/** A thread, what it can be asked, and how to be rid of it. */
export interface Thread<Asked> {
  readonly remote: Asked;
  /** Who is told when the thread stops. A set, since a promise that never settles would keep every race that it was in. */
  readonly mourners: Set<(cause: Error) => void>;
  readonly end: () => void;
}

/** What does not come up in so long is taken for what never will: shaders compile for seconds. */
export const LOAD_MILLISECONDS = 60_000;
export const RUN_MILLISECONDS = 20_000;

/** The thread of a worker that exposes an `Asked`. */
export function threadOf<Asked>(worker: Worker): Thread<Remote<Asked>> {
  const remote = wrap<Asked>(worker);
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

/** What a thread answers. Rejects where it stops or, after `onSilence`, says nothing for `limit` milliseconds. */
export async function answerOf<Asked, T>(
  { remote, mourners }: Thread<Asked>,
  question: (remote: Asked) => Promise<T>,
  limit: number,
  onSilence: () => void = () => {},
): Promise<T> {
  let give = (_: Error) => {};
  const answer = new Promise<T>((resolve, reject) => {
    give = reject;
    mourners.add(give);
    question(remote).then(resolve, reject);
  });
  const timer = setTimeout(() => {
    onSilence();
    give(new Error(`The worker did not answer in ${limit / 1000} s.`));
  }, limit);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    mourners.delete(give);
  }
}
