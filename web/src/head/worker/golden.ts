/** The self-test: a back end may be used once it has given the golden features. */

import { fromBytes } from "../../contract/datatype.ts";
import type { FeaturesSpec } from "../../contract/manifest.ts";

/** Back ends add in different orders: a few values near a level's edge may fall to the level beside it. */
const SHARE_OFF_BY_ONE = 0.02;
/** Of the largest absolute feature, where features are not rounded to levels. */
const RELATIVE_ERROR = 0.001;

/** Throw an Error that says by how much `found` differs from `expected`, where that is more than rounding explains. */
export function checkGolden(found: Uint8Array, expected: Uint8Array, spec: FeaturesSpec): void {
  if (found.length !== expected.length) {
    throw new Error(`Expected ${expected.length} bytes of golden features, got ${found.length}.`);
  }
  const wanted = fromBytes(expected, spec.datatype);
  const differences = fromBytes(found, spec.datatype).map((value, i) => Math.abs(value - (wanted[i] as number)));
  const share = differences.filter((difference) => difference !== 0).length / differences.length;
  const bound = spec.datatype === "UINT8" ? 1 : RELATIVE_ERROR * largestOf(wanted);
  const enoughAgree = spec.datatype !== "UINT8" || share <= SHARE_OFF_BY_ONE;
  // Written so that a NaN fails.
  if (!(largestOf(differences) <= bound && enoughAgree)) {
    const percent = (share * 100).toFixed(1);
    throw new Error(`${percent}% of the golden features are off, by ${largestOf(differences).toFixed(3)} at most.`);
  }
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
