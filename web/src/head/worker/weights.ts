/**
 * A head's weights as TF.js takes them. TF.js knows weights of one byte, with one scale a weight; a kernel of a head in
 * `int8` has one step for each output channel, and is multiplied out here, once.
 */

import type * as tf from "@tensorflow/tfjs-core";
import { fromBytes } from "../../contract/datatype.ts";

/** One weight in `model.json`. */
export interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly axis?: number };
}

export interface Weights {
  readonly weightSpecs: tf.io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
}

const ITEM_BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, float16: 2, bool: 1, int8: 1 };

/** What TF.js is to load of a model's weights and its weight files, joined. Throws an Error where they do not agree. */
export function expand(entries: readonly Entry[], data: ArrayBuffer): Weights {
  const specs = entries.map((one) => (isInt8(one) ? plain(one) : one)) as tf.io.WeightsManifestEntry[];
  if (!entries.some(isInt8)) return { weightSpecs: specs, weightData: data };
  const whole = new Uint8Array(entries.reduce((bytes, one) => bytes + expandedBytes(one), 0));
  let [from, to] = [0, 0];
  for (const one of entries) {
    const raw = new Uint8Array(data).subarray(from, from + storedBytes(one));
    if (raw.length !== storedBytes(one)) throw new Error(`The weight files end before ${one.name} does.`);
    whole.set(isInt8(one) ? multiplied(raw, one) : raw, to);
    from += storedBytes(one);
    to += expandedBytes(one);
  }
  if (from !== data.byteLength) throw new Error(`Expected ${from} bytes of weights, got ${data.byteLength}.`);
  return { weightSpecs: specs, weightData: whole.buffer };
}

/** Whole numbers, the output channel moving fastest, times the steps that stand behind them: float32 in bytes. */
function multiplied(raw: Uint8Array, one: Entry): Uint8Array {
  const numbers = new Int8Array(raw.slice(0, itemsOf(one)).buffer);
  const steps = fromBytes(raw.slice(itemsOf(one)), "FP16");
  return new Uint8Array(Float32Array.from(numbers, (value, i) => value * (steps[i % steps.length] as number)).buffer);
}

function isInt8({ quantization }: Entry): boolean {
  return quantization?.dtype === "int8";
}

function plain({ name, shape, dtype }: Entry): Entry {
  return { name, shape, dtype };
}

function itemsOf({ shape }: Entry): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function expandedBytes(one: Entry): number {
  return isInt8(one) ? 4 * itemsOf(one) : storedBytes(one);
}

function storedBytes(one: Entry): number {
  const { dtype, axis } = one.quantization ?? { dtype: one.dtype };
  const bytes = ITEM_BYTES[dtype];
  const last = one.shape.length - 1;
  if (bytes === undefined || (dtype === "int8" && axis !== last)) {
    throw new Error(`The weight ${one.name} is stored in a way that this page does not know: ${dtype}.`);
  }
  return itemsOf(one) * bytes + (dtype === "int8" ? 2 * (one.shape[last] as number) : 0);
}
