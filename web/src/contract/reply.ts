/** The reply to features whose tail ran here: the same that a server builds from the same probabilities. */

import { type Domain, type Manifest, type OperatingPoint, thresholdIn } from "./manifest.ts";
import type { Output, Reply } from "./wire.ts";

/** What the tail gave: probabilities float32 [N, C], domain probabilities float32 [N, 3] where it tells domains apart. */
export interface TailOutputs {
  readonly probabilities: Float32Array;
  readonly domains: Float32Array | null;
  readonly milliseconds: number;
}

/** The decision on each of N items by the manifest's first operating point, as the contract's `decide` has it. */
export function buildReply(manifest: Manifest, outputs: TailOutputs): Reply {
  const [point] = manifest.operating_points as [OperatingPoint];
  const rows = rowsOf(outputs.probabilities, manifest.labels.length);
  const spec = manifest.domains;
  const shares = spec === null || outputs.domains === null ? null : rowsOf(outputs.domains, spec.labels.length);
  const kinds = rows.map((_, item) => (shares === null ? null : kindOf(manifest, shares[item] ?? [])));
  const thresholds = kinds.map((kind) => thresholdIn(point, kind?.likelier ?? null));
  const decisions = rows.map((row, item) => {
    if (kinds[item]?.name === "neither") return "cannot_tell";
    const malignant = sum(row.filter((_, label) => manifest.malignant.includes(manifest.labels[label] ?? "")));
    return malignant >= (thresholds[item] ?? 0) ? "suspicious" : "not_suspicious";
  });
  const tensors = [
    floats("probabilities", rows),
    words("labels", manifest.labels),
    words("decisions", decisions),
    { ...floats("thresholds", [thresholds]), shape: [thresholds.length] },
  ];
  if (shares !== null) {
    tensors.push(floats("domain_probabilities", shares));
    tensors.push(
      words(
        "domains",
        kinds.map((kind) => kind?.name ?? "neither"),
      ),
    );
  }
  const parameters = { bundle: manifest.id, operating_point: point.name, total_ms: outputs.milliseconds };
  return { modelName: manifest.name, modelVersion: manifest.id, parameters, outputs: tensors };
}

/** A reply as the JSON that a server would have sent. */
export function replyJson({ modelName, modelVersion, parameters, outputs }: Reply): string {
  return JSON.stringify({ model_name: modelName, model_version: modelVersion, parameters, outputs });
}

interface Kind {
  readonly name: Domain | "neither";
  /** The likelier of the two kinds that the network knows, the first of equals. */
  readonly likelier: Domain;
}

function kindOf({ domains: spec }: Manifest, shares: readonly number[]): Kind {
  const [first, second] = (spec?.labels ?? []).map((label, at) => ({ label, share: shares[at] ?? 0 }));
  const likelier = ((first?.share ?? 0) >= (second?.share ?? 0) ? first?.label : second?.label) as Domain;
  const declined = (shares[2] ?? 0) >= (spec?.declined_from ?? 1);
  return { name: declined ? "neither" : likelier, likelier };
}

function rowsOf(values: Float32Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) => [
    ...values.subarray(row * columns, (row + 1) * columns),
  ]);
}

function floats(name: string, rows: readonly (readonly number[])[]): Output {
  return { name, datatype: "FP32", shape: [rows.length, rows[0]?.length ?? 0], data: rows.flat() };
}

function words(name: string, data: readonly string[]): Output {
  return { name, datatype: "BYTES", shape: [data.length], data };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
