/** One hint at a time about what the camera sees. */

export type Hint = "dark" | "glare" | "moving" | "empty" | "good";

/** RGBA uint8 of a small picture, and of the one before it where there is one. */
export function judge(now: Uint8ClampedArray, before: Uint8ClampedArray | null): Hint {
  const light = luma(now);
  const mean = average(light);
  if (mean < 45) return "dark";
  if (light.filter((value) => value > 250).length / light.length > 0.1) return "glare";
  if (before !== null && before.length === now.length) {
    const last = luma(before);
    if (average(light.map((value, index) => Math.abs(value - (last[index] as number)))) > 14) return "moving";
  }
  if (average(light.map((value) => Math.abs(value - mean))) < 1.5) return "empty";
  return "good";
}

/** Side of the small picture that is judged. */
export const SAMPLE = 48;

/** Perceived brightness of each pixel, 0..255 (ITU-R BT.601). */
function luma(rgba: Uint8ClampedArray): Float32Array {
  const light = new Float32Array(rgba.length / 4);
  for (let i = 0; i < light.length; i++) {
    const [red, green, blue] = [rgba[i * 4] as number, rgba[i * 4 + 1] as number, rgba[i * 4 + 2] as number];
    light[i] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return light;
}

function average(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
