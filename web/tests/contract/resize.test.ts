import { describe, expect, test } from "vitest";
import { type Box, centreSquare, toInput, withoutAlpha } from "../../src/contract/input.ts";
import { resizeColumns, resizeRows } from "../../src/contract/resize.ts";
import { goldenBytes, goldenJson } from "../golden.ts";

interface Case {
  name: string;
  width: number;
  height: number;
  source: string;
  box: [number, number, number, number];
  size: number;
  expected: string;
}

const cases = goldenJson<Case[]>("resize/cases.json");

/** Reads rows of a box out of an RGB picture as a canvas would give them: RGBA. */
function reader(rgb: Uint8Array, width: number, { left, top, right }: Box) {
  const side = right - left;
  return (from: number, to: number) => {
    const rgba = new Uint8ClampedArray((to - from) * side * 4).fill(255);
    for (let y = from; y < to; y++) {
      for (let x = 0; x < side; x++) {
        const source = ((top + y) * width + left + x) * 3;
        rgba.set(rgb.subarray(source, source + 3), ((y - from) * side + x) * 4);
      }
    }
    return rgba;
  };
}

describe("the resize gives Pillow's bytes", () => {
  test("there are golden pictures", () => expect(cases.length).toBeGreaterThan(5));

  test.each(cases)("$name", async ({ width, source, box, size, expected }) => {
    const [left, top, right, bottom] = box;
    const read = reader(goldenBytes(`resize/${source}`), width, { left, top, right, bottom });
    const input = await toInput(right - left, size, read);
    expect(Buffer.compare(input, goldenBytes(`resize/${expected}`))).toBe(0);
  });

  test("a tall picture read in several strips is the picture resized at once", async () => {
    const side = 100;
    const rgb = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919 + (i >> 5)) % 256);
    const strips: [number, number][] = [];
    const read = reader(rgb, side, { left: 0, top: 0, right: side, bottom: side });
    const input = await toInput(side, 32, (from, to) => {
      strips.push([from, to]);
      return read(from, to);
    });
    expect(strips).toEqual([
      [0, 32],
      [32, 64],
      [64, 96],
      [96, 100],
    ]);
    expect(Buffer.compare(input, resizeColumns(resizeRows(rgb, side, 32), 32, 32))).toBe(0);
  });
});

test("broken rows are refused", () => {
  expect(() => resizeRows(new Uint8Array(10), 3, 2)).toThrow("whole rows of 3 RGB pixels");
  expect(() => resizeRows(new Uint8Array(0), 3, 2)).toThrow(RangeError);
});

test("the centre square is rounded to the left and the top", () => {
  expect(centreSquare(97, 61)).toEqual({ left: 18, top: 0, right: 79, bottom: 61 });
  expect(centreSquare(61, 98)).toEqual({ left: 0, top: 18, right: 61, bottom: 79 });
  expect(centreSquare(5, 5)).toEqual({ left: 0, top: 0, right: 5, bottom: 5 });
});

test("alpha is dropped, colours are not touched", () => {
  expect([...withoutAlpha(new Uint8Array([1, 2, 3, 255, 4, 5, 6, 0]))]).toEqual([1, 2, 3, 4, 5, 6]);
});
