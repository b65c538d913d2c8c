import { expect, test } from "vitest";
import { testsAt } from "../../src/ui/measured.ts";
import { manifestWith } from "../manifests.ts";

const point = (name: string) => ({ name, threshold: 0.125, thresholds: {}, target_sensitivity: 0.95 });

test("the network's tests at the point that decided, phone photos first, never the baseline's", () => {
  const tests = testsAt(manifestWith(), point("sensitivity_95"), null);
  expect(tests.map(({ data_set, model, sensitivity }) => [data_set, model, sensitivity.value])).toEqual([
    ["PAD-UFES-20", "network", 0.9],
    ["HAM10000", "network", 0.94],
  ]);
});

test("there is nothing to say of another operating point", () => {
  expect(testsAt(manifestWith(), point("sensitivity_99"), null)).toEqual([]);
});

test("an answer for one kind of picture is told of that kind alone", () => {
  const at = point("sensitivity_95");
  expect(testsAt(manifestWith(), at, "dermoscopic").map(({ data_set }) => data_set)).toEqual(["HAM10000"]);
  expect(testsAt(manifestWith(), at, "phone").map(({ data_set }) => data_set)).toEqual(["PAD-UFES-20"]);
});
