/** Pictures made of numbers, on canvases. */

import { fromBytes } from "../contract/datatype.ts";
import type { FeaturesSpec } from "../contract/manifest.ts";

/** Draw RGB uint8 [size, size, 3] pixel by pixel. */
export function drawInput(canvas: HTMLCanvasElement, rgb: Uint8Array, size: number): void {
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    pixels.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
    pixels[i * 4 + 3] = 255;
  }
  put(canvas, pixels, size, size);
}

/** Draw every channel of the features as a tile, all on one scale per channel: dark is its least, light its most. */
export function drawFeatures(canvas: HTMLCanvasElement, bytes: Uint8Array, spec: FeaturesSpec): void {
  const { height, width, channels } = tilesOf(spec);
  const values = fromBytes(bytes, spec.datatype);
  const columns = Math.ceil(Math.sqrt((channels * height) / width));
  const rows = Math.ceil(channels / columns);
  const [across, down] = [columns * (width + 1) + 1, rows * (height + 1) + 1];
  const pixels = new Uint8ClampedArray(across * down * 4);
  for (let channel = 0; channel < channels; channel++) {
    const [low, high] = rangeOf(values, channel, channels);
    const left = (channel % columns) * (width + 1) + 1;
    const top = Math.floor(channel / columns) * (height + 1) + 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = values[(y * width + x) * channels + channel] as number;
        const share = high > low ? (value - low) / (high - low) : 0;
        pixels.set(shade(share), ((top + y) * across + left + x) * 4);
      }
    }
  }
  put(canvas, pixels, across, down);
}

/** How many tiles `drawFeatures` draws. */
export function tileCount(spec: FeaturesSpec): number {
  return tilesOf(spec).channels;
}

/** Features are [height, width, channels], or a plain list, which is one row of one tile. */
function tilesOf({ shape }: FeaturesSpec): { height: number; width: number; channels: number } {
  const [height, width, channels] = shape;
  if (shape.length === 3 && height && width && channels) return { height, width, channels };
  return { height: 1, width: shape.reduce((product, extent) => product * extent, 1), channels: 1 };
}

function rangeOf(values: Float32Array, channel: number, channels: number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = channel; i < values.length; i += channels) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  return [low, high];
}

/** From deep teal to near white. */
function shade(share: number): [number, number, number, number] {
  return [6 + share * 238, 60 + share * 190, 66 + share * 180, 255];
}

function put(canvas: HTMLCanvasElement, pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
}
