import { describe, expect, test } from "vitest";
import { ContractError, itemBytes, readDefaultBundle, readManifest, valuesOf } from "../../src/contract/manifest.ts";
import { manifestWith } from "../manifests.ts";

const id = "0123456789abcdef";

test("a manifest is read, fields that the page does not use are let be", () => {
  const read = readManifest({ ...manifestWith(), weights_licence: "CC BY-NC 4.0", temperature: 1.2 }, id);
  expect(read).toEqual(manifestWith());
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
