/** The datatypes that may cross the wire, and how a head's floats become their bytes. */

import { Float16Array } from "@petamoriken/float16";

export const DATATYPES = ["FP32", "FP16", "UINT8"] as const;
export type Datatype = (typeof DATATYPES)[number];

export const ITEM_SIZE: Readonly<Record<Datatype, number>> = { FP32: 4, FP16: 2, UINT8: 1 };

/**
 * Turn what the head gave (float32, any shape, row-major) into the wire's little-endian bytes.
 *
 * For UINT8 the head's last operation has rounded already: every value must be a whole number from 0 to `levels - 1`.
 * Throws RangeError where one is not, or where a value is not finite.
 */
export function toBytes(values: Float32Array, datatype: Datatype, levels: number | null): Uint8Array<ArrayBuffer> {
  if (!values.every(Number.isFinite)) throw new RangeError("The head gave values that are not finite.");
  if (datatype === "FP32") return new Uint8Array(new Float32Array(values).buffer);
  if (datatype === "FP16") return new Uint8Array(new Float16Array(values).buffer);
  const highest = (levels ?? 256) - 1;
  const bytes = new Uint8Array(values.length);
  values.forEach((value, index) => {
    const whole = Math.round(value);
    if (Math.abs(value - whole) > 1e-3 || whole < 0 || whole > highest) {
      throw new RangeError(`Expected whole numbers from 0 to ${highest} from the head, got others.`);
    }
    bytes[index] = whole;
  });
  return bytes;
}

/** The inverse of `toBytes`: little-endian bytes to numbers. Throws RangeError where they are not whole items. */
export function fromBytes(bytes: Uint8Array, datatype: Datatype): Float32Array {
  if (bytes.length % ITEM_SIZE[datatype] !== 0) {
    throw new RangeError(`Expected whole ${datatype} items, got ${bytes.length} bytes.`);
  }
  // A copy: a view must start at a multiple of its item's size.
  const buffer = bytes.slice().buffer;
  if (datatype === "FP32") return new Float32Array(buffer);
  if (datatype === "FP16") return Float32Array.from(new Float16Array(buffer));
  return Float32Array.from(bytes);
}
