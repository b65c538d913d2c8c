/** One hint at a time about what the camera sees, from four figures of a small picture. */

import { LIMITS } from "./limits.ts";

/** The worst first: what is named first spoils most. */
export type Hint = "dark" | "bright" | "glare" | "moving" | "empty" | "blurred" | "good";

/** Side of the small picture that is judged. */
export const SAMPLE = 128;

/** Of one small picture. The training package measures by the same formulas; contract/golden/quality.json holds both. */
export interface Measures {
  /** Mean luma, 0..255. */
  readonly light: number;
  /** Share of pixels above 250. */
  readonly glare: number;
  /** Mean absolute deviation of luma. */
  readonly contrast: number;
  /** Mean absolute Laplacian over four, over the contrast. */
  readonly sharpness: number;
}

/** RGBA uint8 of a small square picture, and of the one before it where there is one. */
export function judge(now: Uint8ClampedArray, before: Uint8ClampedArray | null): Hint {
  const light = luma(now);
  const found = measure(light);
  if (found.light < LIMITS.darkest) return "dark";
  if (found.glare > LIMITS.glare) return "glare";
  if (found.light > LIMITS.brightest) return "bright";
  if (before !== null && before.length === now.length) {
    const last = luma(before);
    if (average(light.map((value, index) => Math.abs(value - (last[index] as number)))) > LIMITS.movement) {
      return "moving";
    }
  }
  if (found.contrast < LIMITS.contrast) return "empty";
  return found.sharpness < LIMITS.sharpness ? "blurred" : "good";
}

/** Of luma in 0..255 of a square picture, row by row. */
export function measure(light: Float64Array): Measures {
  const side = Math.sqrt(light.length);
  const mean = average(light);
  const contrast = average(light.map((value) => Math.abs(value - mean)));
  return {
    light: mean,
    glare: light.filter((value) => value > BLOWN_OUT).length / light.length,
    contrast,
    sharpness: detail(light, side) / Math.max(contrast, 1),
  };
}

/** Perceived brightness of each pixel of RGBA uint8, 0..255 (ITU-R BT.601). */
export function luma(rgba: Uint8ClampedArray): Float64Array {
  const light = new Float64Array(rgba.length / 4);
  for (let i = 0; i < light.length; i++) {
    const [red, green, blue] = [rgba[i * 4] as number, rgba[i * 4 + 1] as number, rgba[i * 4 + 2] as number];
    light[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return light;
}

const BLOWN_OUT = 250;

/** By how much a pixel differs from the mean of the four round it, over all that have four. */
function detail(light: Float64Array, side: number): number {
  const at = (index: number) => light[index] as number;
  let total = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      total += Math.abs(at(i) - (at(i - 1) + at(i + 1) + at(i - side) + at(i + side)) / 4);
    }
  }
  return total / (side - 2) ** 2;
}

function average(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
