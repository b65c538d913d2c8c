import { expect, test } from "vitest";
import { shiftPrevalence } from "../../src/contract/prevalence.ts";

// Odds by hand: 0.5 at 1 in 5 is odds 1; at 1 in 2 they are 1 * 1 / (1/4) = 4, which is 0.8.
test.each([
  [0.5, 0.2, 0.5, 0.8],
  [0.8, 0.5, 0.2, 0.5],
  [0.3, 0.2, 0.2, 0.3],
  [0.9, 0.2, 0.01, 4 / 15],
  [0.2, 0.2, 0.05, 0.05],
  [0, 0.2, 0.05, 0],
  [1, 0.2, 0.05, 1],
])("%f at %f is, at %f, %f", (probability, from, to, expected) => {
  expect(shiftPrevalence(probability, from, to)).toBeCloseTo(expected, 12);
});

test("it is a shift of the log odds, and there is a way back", () => {
  const logit = (p: number) => Math.log(p / (1 - p));
  for (const p of [0.001, 0.07, 0.5, 0.93, 0.999]) {
    const shifted = shiftPrevalence(p, 0.43, 0.02);
    expect(logit(shifted) - logit(p)).toBeCloseTo(logit(0.02) - logit(0.43), 9);
    expect(shiftPrevalence(shifted, 0.02, 0.43)).toBeCloseTo(p, 12);
  }
});

test.each([
  [0, 0.1],
  [0.1, 1],
  [Number.NaN, 0.1],
])("there are no odds of %f to %f", (from, to) => {
  expect(() => shiftPrevalence(0.5, from, to)).toThrow(RangeError);
});
