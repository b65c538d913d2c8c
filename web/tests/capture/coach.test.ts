import { expect, test } from "vitest";
import { judge, luma, type Measures, measure } from "../../src/capture/coach.ts";
import { LIMITS } from "../../src/capture/limits.ts";
import { goldenJson } from "../golden.ts";

interface Golden {
  readonly cases: readonly { name: string; side: number; rgb: string; measures: Measures }[];
}

const { cases } = goldenJson<Golden>("quality.json");
const pictures = new Map(cases.map(({ name, rgb }) => [name, rgbaOf(Buffer.from(rgb, "base64"))]));

function rgbaOf(rgb: Uint8Array): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  rgb.forEach((value, i) => {
    rgba[Math.floor(i / 3) * 4 + (i % 3)] = value;
  });
  return rgba;
}

function picture(name: string): Uint8ClampedArray {
  const found = pictures.get(name);
  if (found === undefined) throw new Error(name);
  return found;
}

test.each(cases)("$name is measured as the training package measures it", ({ name, measures }) => {
  const found = measure(luma(picture(name)));
  for (const key of Object.keys(measures) as (keyof Measures)[]) expect(found[key]).toBeCloseTo(measures[key], 9);
});

/** A disc of one grey on another with a texture, `side` of the picture. */
function mole(skin: number, dark: number, side = 0.4, shift = 0): Uint8ClampedArray {
  const size = 128;
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [(i % size) - size / 2 + shift, Math.floor(i / size) - size / 2];
    const inside = Math.hypot(x, y) <= (side * size) / Math.sqrt(Math.PI);
    const value = (inside ? dark : skin) + 10 * Math.sin(2 * x) * Math.cos(2 * y);
    pixels.set([value, value, value, 255], i * 4);
  }
  return pixels;
}

test("one hint at a time, the worst first", () => {
  expect(judge(mole(180, 90), null)).toBe("good");
  expect(judge(mole(LIMITS.darkest - 20, 5), null)).toBe("dark");
  expect(judge(mole(254, 60, 0.5), null)).toBe("glare");
  expect(judge(mole(180, 90, 0.4, 40), mole(180, 90))).toBe("moving");
  expect(judge(mole(180, 90), mole(182, 90))).toBe("good");
  expect(judge(new Uint8ClampedArray(128 * 128 * 4).fill(128), null)).toBe("empty");
});

test("a smooth picture is blurred", () => {
  const smooth = new Uint8ClampedArray(128 * 128 * 4);
  for (let i = 0; i < 128 * 128; i++) smooth.fill(60 + (i % 128), i * 4, i * 4 + 4);
  expect(judge(smooth, null)).toBe("blurred");
});
