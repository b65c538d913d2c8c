import { describe, expect, test } from "vitest";
import { ContractError, itemBytes, readDefaultBundle, readManifest, valuesOf } from "../../src/contract/manifest.ts";
import { DECODER_SPEC, DOMAIN_SPEC, METADATA_SPEC, manifestWith } from "../manifests.ts";

const id = "0123456789abcdef";

test("a manifest is read, fields that the page does not use are let be", () => {
  const read = readManifest({ ...manifestWith(), weights_licence: "CC BY-NC 4.0", temperature: 1.2 }, id);
  expect(read).toEqual(manifestWith());
});

test("domains and metadata are read where there are any, null or absent means none", () => {
  const { domains: _, metadata: __, ...older } = manifestWith();
  expect(readManifest(older, id)).toEqual(manifestWith());
  const interval = { value: 0.9, low: 0.8, high: 0.95 };
  const newer = {
    ...older,
    domains: DOMAIN_SPEC,
    metadata: { ...METADATA_SPEC, auc_without: interval, auc_with: interval },
    novelty: [],
  };
  expect(readManifest(newer, id)).toEqual(manifestWith({ domains: DOMAIN_SPEC, metadata: METADATA_SPEC }));
});

test("a decoder is read where there is one, and bundles from before there were any have none", () => {
  const { decoder: _, ...older } = manifestWith();
  expect(readManifest(older, id)).toEqual(manifestWith());
  const [made, nearest] = DECODER_SPEC.rebuilt;
  const psnr = { value: 23, low: 22, high: 24 };
  const decoder = { ...DECODER_SPEC, groups: 300, training_images: 4000, rebuilt: [{ ...made, psnr }, nearest] };
  expect(readManifest({ ...older, decoder }, id)).toEqual(manifestWith({ decoder: DECODER_SPEC }));
});

describe("what is not valid is refused with its place", () => {
  test.each([
    ["schema_version", { schema_version: 2 }],
    ["id", { id: "../../etc" }],
    ["input.size", { input: { size: 8, resample: "pillow_bilinear" } }],
    ["input.resample", { input: { size: 224, resample: "bicubic" } }],
    ["features.datatype", { features: { name: "f", shape: [2], datatype: "INT4", levels: null } }],
    ["levels go with UINT8", { features: { name: "f", shape: [2], datatype: "FP32", levels: 16 } }],
    ["labels", { labels: ["malignant"] }],
    ["labels that do not exist", { malignant: ["melanoma"] }],
    ["operating_points", { operating_points: [] }],
    ["prevalence", { prevalence: 20 }],
    ["domains.labels.2", { domains: { ...DOMAIN_SPEC, labels: ["dermoscopic", "phone", "cat"] } }],
    ["every domain once", { domains: { ...DOMAIN_SPEC, labels: ["phone", "phone", "neither"] } }],
    ["domains.prevalence.phone", { domains: { ...DOMAIN_SPEC, prevalence: { phone: 45 } } }],
    ["decoder.side", { decoder: { ...DECODER_SPEC, side: 5000 } }],
    ["metadata.fields", { metadata: { ...METADATA_SPEC, fields: [] } }],
    ["metadata.fields.0.name", { metadata: { ...METADATA_SPEC, fields: [{ name: "weight", values: [] }] } }],
    ["files", { files: { "head/model.json": { sha256: "short", bytes: 1, public: true } } }],
  ])("%s", (place, fields) => {
    const broken = { ...manifestWith(), ...fields };
    expect(() => readManifest(broken, broken.id)).toThrow(ContractError);
    expect(() => readManifest(broken, broken.id)).toThrow(place);
  });

  test("a page in its place", () => expect(() => readManifest("<html>", id)).toThrow(ContractError));
  test("another bundle's", () => {
    expect(() => readManifest(manifestWith(), "f".repeat(16))).toThrow(
      `Expected the manifest of bundle ${"f".repeat(16)}`,
    );
  });
});

test("the default bundle is read from the list", () => {
  expect(readDefaultBundle({ default: { name: "mole", id }, bundles: [] })).toBe(id);
  expect(() => readDefaultBundle({ default: { name: "mole", id: "x" } })).toThrow("default.id");
});

test("sizes follow shape and datatype", () => {
  const { features } = manifestWith();
  expect(valuesOf(features)).toBe(12);
  expect(itemBytes(features)).toBe(12);
  expect(itemBytes({ ...features, datatype: "FP16", levels: null })).toBe(24);
  expect(itemBytes({ ...features, datatype: "FP32", levels: null })).toBe(48);
});
