/**
 * Pillow's BILINEAR resize of 8-bit RGB, to the byte.
 *
 * Two passes with a rounded uint8 picture between them, horizontal first. A pixel of the result is the weighted mean of
 * the source pixels below a triangle that is widened when shrinking; weights are whole numbers with 22 fractional bits.
 * Golden pictures that Pillow resized hold this file to it.
 */

/** Fractional bits of a weight: 32 less 8 for the value less 2 for sums that overshoot. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/** The weights of one axis: result pixel `i` reads source pixels `first[i] ... first[i] + count[i] - 1`. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** Row `i` starts at `i * width`. */
  readonly values: Int32Array;
  readonly width: number;
}

/**
 * Shrink or enlarge rows: RGB uint8 [rows, from, 3] to [rows, to, 3], row-major. Rows do not depend on each other, so
 * a large picture may be passed in pieces.
 */
export function resizeRows(rgb: Uint8Array, from: number, to: number): Uint8Array {
  const rows = wholeRows(rgb, from);
  if (from === to) return rgb.slice();
  const weights = weightsFor(from, to);
  const result = new Uint8Array(rows * to * 3);
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < to; x++) {
      const start = (row * from + at(weights.first, x)) * 3;
      sumPixel(rgb, start, 3, weights, x, result, (row * to + x) * 3);
    }
  }
  return result;
}

/** Shrink or enlarge columns: RGB uint8 [from, width, 3] to [to, width, 3], row-major. */
export function resizeColumns(rgb: Uint8Array, width: number, to: number): Uint8Array {
  const from = wholeRows(rgb, width);
  if (from === to) return rgb.slice();
  const weights = weightsFor(from, to);
  const result = new Uint8Array(to * width * 3);
  for (let y = 0; y < to; y++) {
    for (let x = 0; x < width; x++) {
      const start = (at(weights.first, y) * width + x) * 3;
      sumPixel(rgb, start, width * 3, weights, y, result, (y * width + x) * 3);
    }
  }
  return result;
}

function weightsFor(from: number, to: number): Weights {
  const scale = from / to;
  const filterScale = Math.max(scale, 1);
  const support = filterScale;
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const values = new Int32Array(to * width);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    // Math.trunc after adding a half is C's cast to int, which Pillow rounds with.
    const low = Math.max(Math.trunc(centre - support + 0.5), 0);
    const high = Math.min(Math.trunc(centre + support + 0.5), from);
    const triangle: number[] = [];
    let sum = 0;
    for (let x = 0; x < high - low; x++) {
      const weight = Math.max(1 - Math.abs((x + low - centre + 0.5) * (1 / filterScale)), 0);
      triangle.push(weight);
      sum += weight;
    }
    triangle.forEach((weight, x) => {
      values[i * width + x] = Math.trunc(0.5 + (sum === 0 ? weight : weight / sum) * (1 << PRECISION_BITS));
    });
    first[i] = low;
    count[i] = high - low;
  }
  return { first, count, values, width };
}

/** Write one RGB pixel of the result: the weighted sum of pixels that lie `stride` bytes apart. */
function sumPixel(
  source: Uint8Array,
  start: number,
  stride: number,
  weights: Weights,
  index: number,
  result: Uint8Array,
  target: number,
): void {
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  const row = index * weights.width;
  for (let i = 0, offset = start; i < at(weights.count, index); i++, offset += stride) {
    const weight = at(weights.values, row + i);
    red += at(source, offset) * weight;
    green += at(source, offset + 1) * weight;
    blue += at(source, offset + 2) * weight;
  }
  result[target] = clip8(red);
  result[target + 1] = clip8(green);
  result[target + 2] = clip8(blue);
}

function clip8(sum: number): number {
  return Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
}

function wholeRows(rgb: Uint8Array, width: number): number {
  const rows = rgb.length / (width * 3);
  if (!Number.isInteger(rows) || rows === 0) {
    throw new RangeError(`Expected whole rows of ${width} RGB pixels, got ${rgb.length} bytes.`);
  }
  return rows;
}

/** Read an array where the index is known to lie inside. */
function at(array: Uint8Array | Int32Array, index: number): number {
  return array[index] as number;
}
