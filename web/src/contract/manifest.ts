/** The fields of manifest.json that the page reads, checked before any of them is used. */

import * as v from "valibot";
import { DATATYPES, ITEM_SIZE } from "./datatype.ts";

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]*$/));

const interval = v.object({ value: v.number(), low: v.number(), high: v.number() });

/** The kinds of picture that a network may have been tested on, and what it may take a picture for. */
export const DOMAINS = ["dermoscopic", "phone"] as const;
export const DOMAIN_LABELS = [...DOMAINS, "neither"] as const;
export type Domain = (typeof DOMAINS)[number];
export type DomainLabel = (typeof DOMAIN_LABELS)[number];

const operatingPoint = v.object({
  name: v.string(),
  threshold: share,
  /** By domain, where the network tells domains apart; `threshold` holds for the others. */
  thresholds: v.optional(v.record(v.string(), share), {}),
  target_sensitivity: share,
});

const evaluation = v.object({
  data_set: v.string(),
  domain: v.picklist(DOMAINS),
  part: v.string(),
  model: v.string(),
  images: count,
  malignant_images: count,
  calibration_error: share,
  operating_results: v.array(v.object({ operating_point: v.string(), sensitivity: interval, specificity: interval })),
});

const domains = v.object({
  labels: v.pipe(
    v.array(v.picklist(DOMAIN_LABELS)),
    v.length(DOMAIN_LABELS.length),
    v.check((labels) => new Set(labels).size === DOMAIN_LABELS.length, "every domain once"),
  ),
  declined_from: share,
  prevalence: v.record(v.string(), share),
});

const metadata = v.object({
  fields: v.pipe(
    v.array(v.object({ name: v.picklist(["age", "sex", "site"]), values: v.array(v.string()) })),
    v.minLength(1),
  ),
  helps: v.boolean(),
});

/** What the bundle's decoder makes of features: how large its pictures are, and how like their photos they were. */
const decoder = v.object({
  side: v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(1024)),
  images: count,
  rebuilt: v.array(v.object({ name: v.string(), ssim: interval })),
});

const features = v.pipe(
  v.object({
    name: v.string(),
    shape: v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(1))), v.minLength(1), v.maxLength(4)),
    datatype: v.picklist(DATATYPES),
    levels: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(256))),
  }),
  v.check((spec) => (spec.levels !== null) === (spec.datatype === "UINT8"), "levels go with UINT8 and only there"),
);

const fileEntry = v.object({
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: count,
  public: v.boolean(),
});

const manifest = v.pipe(
  v.object({
    schema_version: v.literal(1),
    id,
    name,
    backbone: v.string(),
    cut: v.string(),
    input: v.object({
      size: v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(1024)),
      resample: v.literal("pillow_bilinear"),
    }),
    features,
    tail_in_page: v.nullish(v.picklist(["float32", "float16"]), null),
    decoder: v.nullish(decoder, null),
    labels: v.pipe(v.array(v.string()), v.minLength(2)),
    malignant: v.pipe(v.array(v.string()), v.minLength(1)),
    prevalence: share,
    operating_points: v.pipe(v.array(operatingPoint), v.minLength(1)),
    evaluations: v.array(evaluation),
    domains: v.nullish(domains, null),
    metadata: v.nullish(metadata, null),
    files: v.record(v.string(), fileEntry),
  }),
  v.check((it) => it.malignant.every((label) => it.labels.includes(label)), "malignant names labels that do not exist"),
);

const list = v.object({ default: v.object({ name, id }) });

export type Manifest = v.InferOutput<typeof manifest>;
export type FeaturesSpec = Manifest["features"];
export type DecoderSpec = NonNullable<Manifest["decoder"]>;
export type Evaluation = Manifest["evaluations"][number];
export type OperatingPoint = Manifest["operating_points"][number];
export type FileEntry = Manifest["files"][string];

/** Something that was fetched is not what the contract says. */
export class ContractError extends Error {
  override name = "ContractError";
}

/** Check a manifest that was fetched for `expectedId`. Throws ContractError with the place of the first fault. */
export function readManifest(value: unknown, expectedId: string): Manifest {
  const result = check(manifest, value, "manifest.json");
  if (result.id !== expectedId) {
    throw new ContractError(`Expected the manifest of bundle ${expectedId}, got that of ${result.id}.`);
  }
  return result;
}

/** The id of the bundle that the server serves by default, from what `GET /bundles` gave. */
export function readDefaultBundle(value: unknown): string {
  return check(list, value, "The list of bundles").default.id;
}

/** Numbers in one item's features. */
export function valuesOf(spec: FeaturesSpec): number {
  return spec.shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes of one item's features. */
export function itemBytes(spec: FeaturesSpec): number {
  return valuesOf(spec) * ITEM_SIZE[spec.datatype];
}

function check<T>(schema: v.GenericSchema<unknown, T>, value: unknown, what: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ContractError(`${what} is not valid at ${v.getDotPath(issue) ?? "its top"}: ${issue.message}.`);
}

/** The threshold for a kind of picture: its own where the point has one, else the common one. */
export function thresholdIn({ threshold, thresholds }: OperatingPoint, domain: Domain | null): number {
  return (domain === null ? undefined : thresholds[domain]) ?? threshold;
}
