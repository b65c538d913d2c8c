/** The back end that a device runs a head on: numbers first, then speed, remembered for device and bundle. */

import { BACKENDS, type Backend, type Proven } from "./protocol.ts";

/** A warm run this short is not worth what other back ends cost to fetch. */
export const GOOD_ENOUGH_MILLISECONDS = 80;
/** Another back end has to be so much faster: what differs less is noise, and WebAssembly is the most even. */
const CLEARLY_FASTER = 0.7;

const PREFIX = "dermsplit.backend.";
const LAST = `${PREFIX}last`;

/** The browser is part of what is remembered: another version of it may compute elsewhere, and differently. */
interface Remembered {
  readonly backend: Backend;
  readonly browser: string;
}

/** Where choices are kept; a private window may have none. */
export type Memory = Pick<Storage, "getItem" | "setItem">;

/** `backends` with the one that was chosen for a bundle on this device first. */
export function inOrder(backends: readonly Backend[], id: string, memory: Memory | null = storage()): Backend[] {
  const chosen = recall(memory, PREFIX + id);
  return [...backends].sort((a, b) => Number(b === chosen) - Number(a === chosen));
}

/** Whether a choice was made for a bundle on this device. */
export function isChosen(id: string, memory: Memory | null = storage()): boolean {
  return recall(memory, PREFIX + id) !== null;
}

/** The back end that was used last for any bundle, WebAssembly where none was. */
export function lastBackend(memory: Memory | null = storage()): Backend {
  return recall(memory, LAST) ?? "wasm";
}

/** Remember the best of those that gave the golden features; the first is the one in use. */
export function choose(id: string, proven: readonly Proven[], memory: Memory | null = storage()): Backend | null {
  const [used, ...others] = proven;
  if (used === undefined) return null;
  const quickest = others.reduce((best, one) => (one.milliseconds < best.milliseconds ? one : best), used);
  const best = quickest.milliseconds < CLEARLY_FASTER * used.milliseconds ? quickest : used;
  const text = JSON.stringify({ backend: best.backend, browser: navigator.userAgent } satisfies Remembered);
  try {
    memory?.setItem(PREFIX + id, text);
    memory?.setItem(LAST, text);
  } catch {
    // Storage is full: the choice is made again next time.
  }
  return best.backend;
}

function recall(memory: Memory | null, key: string): Backend | null {
  try {
    const { backend, browser } = JSON.parse(memory?.getItem(key) ?? "{}") as Partial<Remembered>;
    return browser === navigator.userAgent && BACKENDS.includes(backend as Backend) ? (backend as Backend) : null;
  } catch {
    return null;
  }
}

/** Merely reading `localStorage` throws where a browser forbids it. */
function storage(): Memory | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
