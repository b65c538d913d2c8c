import { expect, test } from "vitest";
import { judge } from "../../src/capture/coach.ts";

/** Stripes of two greys, as skin and mole. */
function stripes(a: number, b: number, shift = 0): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(48 * 48 * 4);
  for (let i = 0; i < 48 * 48; i++) {
    const value = Math.floor((i + shift) / 8) % 2 === 0 ? a : b;
    pixels.set([value, value, value, 255], i * 4);
  }
  return pixels;
}

test("one hint at a time, the worst first", () => {
  expect(judge(stripes(20, 40), null)).toBe("dark");
  expect(judge(stripes(254, 90), null)).toBe("glare");
  expect(judge(stripes(180, 90, 8), stripes(180, 90))).toBe("moving");
  expect(judge(stripes(128, 128), null)).toBe("empty");
  expect(judge(stripes(180, 90), stripes(182, 90))).toBe("good");
});
