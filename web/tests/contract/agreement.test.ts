import { expect, test } from "vitest";
import { agree } from "../../src/contract/agreement.ts";
import type { Answer } from "../../src/contract/answer.ts";

const point = { name: "sensitivity_95", threshold: 0.2, thresholds: { phone: 0.5 }, target_sensitivity: 0.95 };
const judged = (malignant: number): Answer => ({
  malignant,
  benign: 1 - malignant,
  decision: malignant >= 0.2 ? "suspicious" : "not_suspicious",
  operatingPoint: point,
  threshold: 0.2,
  domain: null,
  prevalence: 0.2,
  serverMilliseconds: 1,
});
const declined: Answer = { decision: "cannot_tell", serverMilliseconds: 1 };

test.each<[string, Answer[], string, number, number]>([
  ["one", [judged(0.3)], "suspicious", 0, 1],
  ["all suspicious", [judged(0.3), judged(0.9), judged(0.4)], "suspicious", 1, 3],
  ["none suspicious", [judged(0.1), judged(0.05)], "not_suspicious", 0, 0],
  ["mixed", [judged(0.1), judged(0.3)], "mixed", 1, 1],
  ["a declined one among calm ones", [declined, judged(0.1)], "mixed", 1, 0],
  ["a declined one among suspicious ones", [judged(0.3), declined], "mixed", 0, 1],
  ["all declined", [declined, declined], "cannot_tell", 0, 0],
])("%s", (_, answers, verdict, index, suspicious) => {
  expect(agree(answers)).toEqual({ verdict, shown: answers[index], index, suspicious });
});

test("a suspicious photo is worse than a calm one with a higher probability of another kind", () => {
  const calm: Answer = { ...judged(0.45), decision: "not_suspicious", threshold: 0.5, domain: "phone" } as Answer;
  expect(agree([calm, judged(0.3)])).toMatchObject({ verdict: "mixed", index: 1, suspicious: 1 });
});

test("no answers are none", () => {
  expect(() => agree([])).toThrow(RangeError);
});
