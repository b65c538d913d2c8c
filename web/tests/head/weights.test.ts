import { expect, test } from "vitest";
import { toBytes } from "../../src/contract/datatype.ts";
import { type Entry, expand } from "../../src/head/worker/weights.ts";

const float16 = (values: number[]) => toBytes(Float32Array.from(values), "FP16", null);
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part])).buffer;

const bias: Entry = { name: "bias", shape: [2], dtype: "float32", quantization: { dtype: "float16" } };
const kernel: Entry = {
  name: "kernel",
  shape: [1, 1, 3, 2],
  dtype: "float32",
  quantization: { dtype: "int8", axis: 3 },
};
const pad: Entry = { name: "pad", shape: [2], dtype: "int32" };

const biases = float16([1.5, -2]);
const numbers = new Uint8Array(Int8Array.from([127, -127, 1, -1, 0, 64]).buffer);
const steps = float16([0.5, 0.0009765625]);
const paddings = new Uint8Array(Int32Array.from([0, 1]).buffer);

test("whole numbers are multiplied by the step of their output channel, what is beside them stays", () => {
  const { weightSpecs, weightData } = expand([bias, kernel, pad], joined(biases, numbers, steps, paddings));
  expect(weightSpecs).toEqual([bias, { name: "kernel", shape: [1, 1, 3, 2], dtype: "float32" }, pad]);
  expect(weightData.byteLength).toBe(4 + 6 * 4 + 8);
  expect(new Uint8Array(weightData.slice(0, 4))).toEqual(new Uint8Array(biases));
  expect([...new Float32Array(weightData.slice(4, 28))]).toEqual([63.5, -127 / 1024, 0.5, -1 / 1024, 0, 64 / 1024]);
  expect([...new Int32Array(weightData.slice(28))]).toEqual([0, 1]);
});

test("a head without whole numbers is handed on as it came", () => {
  const data = joined(biases, paddings);
  expect(expand([bias, pad], data)).toEqual({ weightSpecs: [bias, pad], weightData: data });
  expect(expand([bias, pad], data).weightData).toBe(data);
});

test("weight files that are too short, too long, or of another way are refused", () => {
  expect(() => expand([kernel], joined(numbers))).toThrow("end before kernel does");
  expect(() => expand([kernel], joined(numbers, steps, steps))).toThrow("Expected 10 bytes of weights, got 14");
  const other: Entry = { ...kernel, quantization: { dtype: "int8", axis: 2 } };
  expect(() => expand([other], joined(numbers, steps))).toThrow("does not know: int8");
  const unknown: Entry = { ...bias, name: "odd", quantization: { dtype: "int4" } };
  expect(() => expand([kernel, unknown], joined(numbers, steps))).toThrow("odd is stored in a way");
});
