/** From a photo's square to the head's input: the port of the contract's `preprocess`. */

import { resizeColumns, resizeRows } from "./resize.ts";

/** A square or rectangle in whole pixels of the upright photo; right and bottom lie outside it. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Gives rows `top ... bottom - 1` of a square as RGBA uint8 [rows, side, 4]; alpha is ignored. */
export type ReadRows = (top: number, bottom: number) => Uint8Array | Uint8ClampedArray;

/** Rows that are read at a time, so that a phone never needs a canvas as large as its camera, and can pause often. */
const ROWS_AT_A_TIME = 32;

/** The largest centred square, rounded to the left and the top. */
export function centreSquare(width: number, height: number): Box {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  return { left, top, right: left + side, bottom: top + side };
}

/**
 * Resize a square of `side` pixels to the head's input: RGB uint8 [size, size, 3], 0..255, row-major; the same bytes as
 * `to_input` of the Python contract gives for the same pixels. `pause` is awaited between strips, so that a page whose photo
 * is large can draw meanwhile.
 */
export async function toInput(
  side: number,
  size: number,
  read: ReadRows,
  pause: () => Promise<void> = async () => {},
): Promise<Uint8Array> {
  const narrow = new Uint8Array(side * size * 3);
  for (let top = 0; top < side; top += ROWS_AT_A_TIME) {
    const bottom = Math.min(top + ROWS_AT_A_TIME, side);
    narrow.set(resizeRows(withoutAlpha(read(top, bottom)), side, size), top * size * 3);
    await pause();
  }
  return resizeColumns(narrow, size, size);
}

/** RGBA to RGB; the picture was drawn on white before, so alpha says nothing. */
export function withoutAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const pixels = rgba.length / 4;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    rgb[i * 3] = rgba[i * 4] as number;
    rgb[i * 3 + 1] = rgba[i * 4 + 1] as number;
    rgb[i * 3 + 2] = rgba[i * 4 + 2] as number;
  }
  return rgb;
}
