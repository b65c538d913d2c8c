import { percentPair } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";

/** A probability as people count: of a hundred such photos, so many (Gigerenzer, Hoffrage 1995). `malignant` 0..1. */
export function frequencyText({ words: { result } }: Say, malignant: number): string {
  const pair = percentPair(malignant);
  if (pair.malignant.beyond === "less") return result.frequencyLess;
  if (pair.malignant.beyond === "more") return result.frequencyMore;
  return result.frequency(pair.malignant.text.replace("%", ""), pair.benign.text.replace("%", ""));
}
