/** The self-test of a tail: it may be used once it has given the golden probabilities. */

import * as v from "valibot";
import { fromBytes } from "../contract/datatype.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { TailWorker } from "./protocol.ts";

const FEATURES = "golden/features.bin";
const PROBABILITIES = "golden/probabilities.json";
export const GOLDEN_FILES = [FEATURES, PROBABILITIES] as const;

/** Rounding of the weights and another order of additions explain so much of a probability, and no more. */
const MOST_DIFFERENCE = 0.005;

const rows = v.tuple([v.array(v.number())]);
const golden = v.object({ probabilities: rows, domain_probabilities: v.nullish(rows, null) });

/** Run the loaded tail on the golden features. Throws an Error that says by how much it is off. */
export async function checkGoldenTail(
  worker: TailWorker,
  manifest: Manifest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const features = fromBytes(files.get(FEATURES) ?? new Uint8Array(), manifest.features.datatype);
  const expected = v.parse(golden, JSON.parse(new TextDecoder().decode(files.get(PROBABILITIES))));
  const run = await worker.run(features, null, 1);
  const wanted = [
    ...expected.probabilities[0],
    ...(manifest.domains ? (expected.domain_probabilities?.[0] ?? []) : []),
  ];
  const found = [...run.probabilities, ...(run.domains ?? [])];
  const off = Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
  // Written so that a NaN fails.
  if (found.length !== wanted.length || !(off <= MOST_DIFFERENCE)) {
    throw new Error(`The golden probabilities are off by ${off.toFixed(4)} at most, expected ${MOST_DIFFERENCE}.`);
  }
}
