import { expect, test } from "vitest";
import type { FeaturesSpec } from "../../src/contract/manifest.ts";
import { checkGolden } from "../../src/head/worker/golden.ts";

const levels = (count: number): FeaturesSpec => ({ name: "features", shape: [1000], datatype: "UINT8", levels: count });
const flat = (value: number) => new Uint8Array(1000).fill(value);

const offByOne = (count: number) => flat(100).map((value, index) => (index < count ? value + 1 : value));

test("the golden features themselves pass, and a few that rounding moved by one level", () => {
  expect(() => checkGolden(flat(100), flat(100), levels(256))).not.toThrow();
  expect(() => checkGolden(offByOne(20), flat(100), levels(256))).not.toThrow();
});

test("a back end that computes wrongly fails", () => {
  expect(() => checkGolden(offByOne(21), flat(100), levels(256))).toThrow("2.1% of the golden features are off");
  const one = flat(100);
  one[3] = 102;
  expect(() => checkGolden(one, flat(100), levels(256))).toThrow("by 2.000 at most");
  expect(() => checkGolden(new Uint8Array(3), flat(1), levels(256))).toThrow("Expected 1000 bytes");
});

test("floats are compared with their range", () => {
  const spec: FeaturesSpec = { name: "features", shape: [2], datatype: "FP32", levels: null };
  const bytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  expect(() => checkGolden(bytes(10.005, -5), bytes(10, -5), spec)).not.toThrow();
  expect(() => checkGolden(bytes(10.02, -5), bytes(10, -5), spec)).toThrow("golden features are off");
  expect(() => checkGolden(bytes(Number.NaN, -5), bytes(10, -5), spec)).toThrow("golden features are off");
});
