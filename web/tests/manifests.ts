import type { Manifest } from "../src/contract/manifest.ts";

const interval = (value: number) => ({ value, low: value - 0.05, high: value + 0.04 });

const evaluation = (data_set: string, domain: "phone" | "dermoscopic", model: string, sensitivity: number) => ({
  data_set,
  domain,
  part: "test",
  model,
  images: 120,
  malignant_images: 40,
  calibration_error: 0.13,
  operating_results: [
    { operating_point: "sensitivity_95", sensitivity: interval(sensitivity), specificity: interval(0.5) },
  ],
});

/** What a bundle says that tells domains apart, and that takes metadata. */
export const DOMAIN_SPEC: NonNullable<Manifest["domains"]> = {
  labels: ["dermoscopic", "phone", "neither"],
  declined_from: 0.5,
  prevalence: { dermoscopic: 0.2, phone: 0.45 },
};

export const METADATA_SPEC: NonNullable<Manifest["metadata"]> = {
  fields: [
    { name: "age", values: [] },
    { name: "sex", values: ["female", "male"] },
    { name: "site", values: ["head_neck", "trunk", "arm"] },
  ],
  helps: true,
};

/** What a bundle says that carries a decoder. */
export const DECODER_SPEC: NonNullable<Manifest["decoder"]> = {
  side: 16,
  images: 400,
  rebuilt: [
    { name: "decoder", ssim: interval(0.75) },
    { name: "nearest_picture", ssim: interval(0.64) },
  ],
};

/** A manifest of a small model; everything in it that a test leans on can be given. */
export function manifestWith(fields: Partial<Manifest> = {}): Manifest {
  return {
    schema_version: 1,
    id: "0123456789abcdef",
    name: "mole",
    backbone: "MobileNetV2",
    cut: "block_13_project_BN",
    input: { size: 32, resample: "pillow_bilinear" },
    features: { name: "features", shape: [2, 3, 2], datatype: "UINT8", levels: 256 },
    tail_in_page: null,
    decoder: null,
    labels: ["benign", "malignant"],
    malignant: ["malignant"],
    prevalence: 0.2,
    operating_points: [{ name: "sensitivity_95", threshold: 0.125, thresholds: {}, target_sensitivity: 0.95 }],
    evaluations: [
      evaluation("HAM10000", "dermoscopic", "network", 0.94),
      evaluation("HAM10000", "dermoscopic", "baseline", 0.8),
      evaluation("PAD-UFES-20", "phone", "network", 0.9),
    ],
    domains: null,
    metadata: null,
    files: { "head/model.json": { sha256: "a".repeat(64), bytes: 10, public: true } },
    ...fields,
  };
}
