/** A server that is busy and names a time is asked again after it, a few times, without anybody having to do it. */

import { ServerBusy } from "../contract/trouble.ts";

/** After so many waits, or for one so long, the person is asked instead. */
const MOST_WAITS = 3;
const LONGEST_WAIT_SECONDS = 60;

/**
 * Do `send`, and again after every wait that its ServerBusy names. `tick` shows how many seconds are left of the wait
 * and returns after one of them. Throws what `send` throws in the end, and what `tick` throws.
 */
export async function sendWhenItMay<T>(
  send: () => Promise<T>,
  tick: (secondsLeft: number) => Promise<void>,
): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ServerBusy) || waits === MOST_WAITS) throw error;
      if (error.retryAfterSeconds > LONGEST_WAIT_SECONDS) throw error;
      for (let left = Math.max(1, error.retryAfterSeconds); left > 0; left--) await tick(left);
    }
  }
}

/** One second; rejects with the signal's reason as soon as it is aborted. */
export function oneSecond(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
