import { expect, test } from "vitest";
import { rarer } from "../../src/ui/prevalence.ts";

test.each([
  [0.45, [5, 10, 20, 50, 100]],
  [0.2, [10, 20, 50, 100]],
  [0.012, []],
  [0, []],
  [1, []],
])("for a prevalence of %f one in %j is on offer", (prevalence, choices) => {
  expect(rarer(prevalence)).toEqual(choices);
});
