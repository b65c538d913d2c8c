/** Where a check is computed, as the person chose it. */

/**
 * `split`: the head here, the tail on the server. `phone`: both here, where the bundle carries the tail. `dry`: the head
 * here and nothing after it; what would be sent is shown, and nothing is.
 */
export const MODES = ["split", "phone", "dry"] as const;
export type Mode = (typeof MODES)[number];

const KEY = "dermsplit.mode";

/** What was chosen before, "split" where nothing was. */
export function chosenMode(): Mode {
  try {
    const stored = localStorage.getItem(KEY);
    return MODES.find((mode) => mode === stored) ?? visit;
  } catch {
    return visit;
  }
}

export function chooseMode(mode: Mode): void {
  visit = mode;
  try {
    if (mode === "split") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, mode);
  } catch {
    // Storage is refused in some private windows; the choice then holds for this visit.
  }
}

/** The choice of this visit, for browsers that store none. */
let visit: Mode = "split";
