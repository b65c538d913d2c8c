import { describe, expect, test } from "vitest";
import { type Answer, readAnswers } from "../../src/contract/answer.ts";
import type { Manifest, OperatingPoint } from "../../src/contract/manifest.ts";
import type { Reply } from "../../src/contract/wire.ts";
import { DOMAIN_SPEC, manifestWith } from "../manifests.ts";

const manifest = manifestWith();
const readAnswer = (it: Reply, of: Manifest): Answer => readAnswers(it, of, 1)[0] as Answer;

function reply(data: readonly unknown[], decision = "suspicious", changes: Record<string, unknown> = {}): Reply {
  return {
    modelName: "mole",
    modelVersion: manifest.id,
    parameters: { operating_point: "sensitivity_95", total_ms: 21.5 },
    outputs: [
      { name: "probabilities", datatype: "FP32", shape: [1, data.length], data: data as number[] },
      { name: "labels", datatype: "BYTES", shape: [2], data: ["benign", "malignant"] },
      { name: "decisions", datatype: "BYTES", shape: [1], data: [decision] },
    ],
    ...changes,
  };
}

test("a sound reply becomes an answer", () => {
  expect(readAnswer(reply([0.7, 0.3]), manifest)).toEqual({
    malignant: 0.3,
    benign: 0.7,
    decision: "suspicious",
    operatingPoint: manifest.operating_points[0],
    threshold: 0.125,
    domain: null,
    prevalence: 0.2,
    serverMilliseconds: 21.5,
  });
});

test("labels counted malignant are added up", () => {
  const many = manifestWith({ labels: ["nevus", "melanoma", "carcinoma"], malignant: ["melanoma", "carcinoma"] });
  const outputs = [
    { name: "probabilities", datatype: "FP32", shape: [1, 3], data: [0.5, 0.25, 0.25] },
    { name: "labels", datatype: "BYTES", shape: [3], data: ["nevus", "melanoma", "carcinoma"] },
    { name: "decisions", datatype: "BYTES", shape: [1], data: ["suspicious"] },
  ];
  expect(readAnswer(reply([], "suspicious", { outputs }), many)).toMatchObject({ malignant: 0.5, benign: 0.5 });
});

describe("a probability is never invented", () => {
  test.each<[string, Reply]>([
    ["they do not add up", reply([0.7, 0.2])],
    ["not a number", reply([Number.NaN, 0.3])],
    ["below zero", reply([1.2, -0.2])],
    ["text", reply(["0.7", "0.3"])],
    ["null", reply([null, 0.3])],
    ["one too few", reply([1])],
    ["one too many", reply([0.5, 0.3, 0.2])],
    ["none at all", reply([], "suspicious", { outputs: [] })],
    ["an unknown decision", reply([0.7, 0.3], "benign")],
    ["decision against probability", reply([0.7, 0.3], "not_suspicious")],
    ["probability against decision", reply([0.95, 0.05], "suspicious")],
    ["another bundle", reply([0.7, 0.3], "suspicious", { modelVersion: "f".repeat(16) })],
    ["another model", reply([0.7, 0.3], "suspicious", { modelName: "other" })],
    ["an unknown operating point", reply([0.7, 0.3], "suspicious", { parameters: { operating_point: "best" } })],
    [
      "labels the other way round",
      reply([0.7, 0.3], "suspicious", {
        outputs: reply([0.7, 0.3]).outputs.map((output) =>
          output.name === "labels" ? { ...output, data: ["malignant", "benign"] } : output,
        ),
      }),
    ],
  ])("%s", (_, broken) => {
    expect(() => readAnswer(broken, manifest)).toThrow(expect.objectContaining({ kind: "reply_invalid" }));
  });
});

test("at the threshold itself either side is believed", () => {
  expect(readAnswer(reply([0.875, 0.125], "suspicious"), manifest).decision).toBe("suspicious");
  expect(readAnswer(reply([0.8751, 0.1249], "suspicious"), manifest).decision).toBe("suspicious");
  expect(readAnswer(reply([0.8751, 0.1249], "not_suspicious"), manifest).decision).toBe("not_suspicious");
});

describe("a bundle that tells domains apart", () => {
  const telling = manifestWith({ domains: DOMAIN_SPEC });
  const told = (domain: unknown, shares: readonly number[], decision: string) =>
    reply([0.7, 0.3], decision, {
      outputs: [
        ...reply([0.7, 0.3], decision).outputs,
        { name: "domain_probabilities", datatype: "FP32", shape: [1, shares.length], data: shares },
        { name: "domains", datatype: "BYTES", shape: [1], data: [domain] },
      ],
    });

  test.each([
    ["phone", [0.1, 0.8, 0.1], 0.45],
    ["dermoscopic", [0.8, 0.1, 0.1], 0.2],
  ])("the answer for %s holds for its own prevalence", (domain, shares, prevalence) => {
    const answer = readAnswer(told(domain, shares, "suspicious"), telling);
    expect(answer).toMatchObject({ decision: "suspicious", malignant: 0.3, domain, prevalence });
  });

  test("each domain has its own threshold", () => {
    const [point] = telling.operating_points as [OperatingPoint];
    const apart = manifestWith({
      domains: DOMAIN_SPEC,
      operating_points: [{ ...point, thresholds: { dermoscopic: 0.125, phone: 0.4 } }],
    });
    const [phone, lens] = [[0.1, 0.8, 0.1] as const, [0.8, 0.1, 0.1] as const];
    expect(readAnswer(told("phone", phone, "not_suspicious"), apart)).toMatchObject({ threshold: 0.4 });
    expect(readAnswer(told("dermoscopic", lens, "suspicious"), apart)).toMatchObject({ threshold: 0.125 });
    const contrary = expect.objectContaining({ kind: "reply_invalid" });
    expect(() => readAnswer(told("phone", phone, "suspicious"), apart)).toThrow(contrary);
  });

  test("a domain without a prevalence of its own has the bundle's", () => {
    const bare = manifestWith({ domains: { ...DOMAIN_SPEC, prevalence: {} } });
    expect(readAnswer(told("phone", [0.1, 0.8, 0.1], "suspicious"), bare)).toMatchObject({ prevalence: 0.2 });
  });

  test.each([
    ["neither", "cannot_tell"],
    ["phone", "cannot_tell"],
    ["neither", "suspicious"],
  ])("of %s with %s there is nothing but that nobody can tell", (domain, decision) => {
    const shares = decision === "cannot_tell" ? [0.1, 0.1, 0.8] : [0.3, 0.3, 0.4];
    expect(readAnswer(told(domain, shares, decision), telling)).toEqual({
      decision: "cannot_tell",
      serverMilliseconds: 21.5,
    });
  });

  test.each<[string, Reply]>([
    ["no domain", reply([0.7, 0.3])],
    ["an unknown domain", told("cat", [0.1, 0.8, 0.1], "suspicious")],
    ["two shares", told("phone", [0.2, 0.8], "suspicious")],
    ["shares that do not add up", told("phone", [0.1, 0.8, 0.8], "suspicious")],
    ["a decision on what is neither", told("phone", [0.1, 0.3, 0.6], "not_suspicious")],
  ])("%s is no answer", (_, broken) => {
    expect(() => readAnswer(broken, telling)).toThrow(expect.objectContaining({ kind: "reply_invalid" }));
  });
});

test("a server may decline for an older bundle as well", () => {
  expect(readAnswer(reply([0.7, 0.3], "cannot_tell"), manifest).decision).toBe("cannot_tell");
});

test("every photo of a request gets its own answer, and a reply for fewer is refused", () => {
  const outputs = [
    { name: "probabilities", datatype: "FP32", shape: [2, 2], data: [0.9, 0.1, 0.5, 0.5] },
    { name: "labels", datatype: "BYTES", shape: [2], data: ["benign", "malignant"] },
    { name: "decisions", datatype: "BYTES", shape: [2], data: ["not_suspicious", "suspicious"] },
  ];
  const both = reply([], "suspicious", { outputs });
  expect(readAnswers(both, manifest, 2).map(({ decision }) => decision)).toEqual(["not_suspicious", "suspicious"]);
  expect(readAnswers(both, manifest, 2)[1]).toMatchObject({ malignant: 0.5, benign: 0.5 });
  expect(() => readAnswers(both, manifest, 3)).toThrow(expect.objectContaining({ kind: "reply_invalid" }));
  expect(() => readAnswers(both, manifest, 1)).toThrow(expect.objectContaining({ kind: "reply_invalid" }));
});
