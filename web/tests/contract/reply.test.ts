import { expect, test } from "vitest";
import { readAnswers } from "../../src/contract/answer.ts";
import { buildReply, replyJson } from "../../src/contract/reply.ts";
import { decodeReply } from "../../src/contract/wire.ts";
import { DOMAIN_SPEC, manifestWith } from "../manifests.ts";

const plain = manifestWith();
const telling = manifestWith({
  domains: DOMAIN_SPEC,
  operating_points: [
    {
      name: "sensitivity_95",
      threshold: 0.125,
      thresholds: { dermoscopic: 0.125, phone: 0.5 },
      target_sensitivity: 0.95,
    },
  ],
});

test("probabilities become the answers that a server would have given", () => {
  const reply = buildReply(plain, {
    probabilities: Float32Array.of(0.875, 0.125, 0.9, 0.1),
    domains: null,
    milliseconds: 8,
  });
  const answers = readAnswers(reply, plain, 2);
  expect(answers.map(({ decision }) => decision)).toEqual(["suspicious", "not_suspicious"]);
  expect(answers[0]).toMatchObject({ malignant: 0.125, benign: 0.875, serverMilliseconds: 8, domain: null });
});

test("each kind of picture is judged at its own threshold, and what is neither is declined", () => {
  const probabilities = Float32Array.of(0.6, 0.4, 0.6, 0.4, 0.1, 0.9);
  const domains = Float32Array.of(0.5, 0.4, 0.1, 0.2, 0.7, 0.1, 0.3, 0.2, 0.5);
  const reply = buildReply(telling, { probabilities, domains, milliseconds: 1 });
  const named = Object.fromEntries(reply.outputs.map(({ name, data }) => [name, data]));
  expect(named.decisions).toEqual(["suspicious", "not_suspicious", "cannot_tell"]);
  expect(named.domains).toEqual(["dermoscopic", "phone", "neither"]);
  expect(named.thresholds).toEqual([0.125, 0.5, 0.125]);
  expect(readAnswers(reply, telling, 3).map(({ decision }) => decision)).toEqual(named.decisions);
});

test("its JSON is a reply of the protocol", () => {
  const reply = buildReply(plain, { probabilities: Float32Array.of(0.75, 0.25), domains: null, milliseconds: 1 });
  expect(decodeReply(new TextEncoder().encode(replyJson(reply)), null)).toEqual(reply);
});

test("probabilities that are none give no answer", () => {
  const reply = buildReply(plain, { probabilities: Float32Array.of(Number.NaN, 1), domains: null, milliseconds: 1 });
  expect(() => readAnswers(reply, plain, 1)).toThrow("reply_invalid");
});
