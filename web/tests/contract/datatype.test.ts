import { expect, test } from "vitest";
import { fromBytes, toBytes } from "../../src/contract/datatype.ts";
import { goldenBytes } from "../golden.ts";

test("whole numbers become one byte each", () => {
  expect([...toBytes(Float32Array.of(0, 1.0001, 254.9999, 255), "UINT8", 256)]).toEqual([0, 1, 255, 255]);
  expect([...toBytes(Float32Array.of(15), "UINT8", 16)]).toEqual([15]);
});

test.each([[[0.5]], [[-1]], [[16]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
  "%j is refused as levels",
  (values) => {
    expect(() => toBytes(Float32Array.from(values), "UINT8", 16)).toThrow(RangeError);
  },
);

test("floats that are not finite are refused", () => {
  expect(() => toBytes(Float32Array.of(Number.NaN), "FP32", null)).toThrow("not finite");
});

test.each(["fp32", "fp16"] as const)("%s golden features survive the way there and back", (name) => {
  const bytes = goldenBytes(`wire/${name}.features.bin`);
  const datatype = name === "fp32" ? "FP32" : "FP16";
  const values = fromBytes(bytes, datatype);
  expect(values.length).toBe(bytes.length / (name === "fp32" ? 4 : 2));
  expect([...toBytes(values, datatype, null)]).toEqual([...bytes]);
});

test("halves are IEEE 754 and little-endian", () => {
  expect([...toBytes(Float32Array.of(1, -2), "FP16", null)]).toEqual([0x00, 0x3c, 0x00, 0xc0]);
  expect(() => fromBytes(new Uint8Array(3), "FP16")).toThrow("whole FP16 items");
});
