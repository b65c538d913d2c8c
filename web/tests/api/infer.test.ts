import { expect, test } from "vitest";
import { infer, inferRequest } from "../../src/api/infer.ts";
import type { HttpReply, Post } from "../../src/api/post.ts";
import { goldenBytes } from "../golden.ts";
import { manifestWith } from "../manifests.ts";

const manifest = manifestWith();
const features = goldenBytes("wire/uint8.features.bin");
const watch = { signal: new AbortController().signal, onSent: () => {} };
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const answering =
  (status: number, body: Uint8Array, retryAfter: number | null = null): Post =>
  async () => ({ status, body, headerLength: null, retryAfter });

test("features go to the bundle they were made by", async () => {
  const urls: string[] = [];
  const post: Post = async (url): Promise<HttpReply> => {
    urls.push(url);
    return { status: 200, body: goldenBytes("wire/json.reply.bin"), headerLength: null, retryAfter: null };
  };
  const { answers, text } = await infer(post, manifest, inferRequest(manifest, [features], null), 1, watch);
  expect(urls).toEqual(["v2/models/mole/versions/0123456789abcdef/infer"]);
  expect(text).toBe(new TextDecoder().decode(goldenBytes("wire/json.reply.bin")));
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({ malignant: 0.25, benign: 0.75, decision: "suspicious" });
});

const inputsOf = ({ body, headers }: ReturnType<typeof inferRequest>) => {
  const length = Number(headers["Inference-Header-Content-Length"]);
  return { inputs: JSON.parse(new TextDecoder().decode(body.subarray(0, length))).inputs, raw: body.subarray(length) };
};

test("where nothing was told, only the features are sent", () => {
  const { inputs, raw } = inputsOf(inferRequest(manifest, [features], null));
  expect(inputs).toMatchObject([{ name: "features", shape: [1, 2, 3, 2], datatype: "UINT8" }]);
  expect([...raw]).toEqual([...features]);
});

test("what was told follows the features, as float32", () => {
  const metadata = Float32Array.from([0.5, 1, 0, 1]);
  const { inputs, raw } = inputsOf(inferRequest(manifest, [features], metadata));
  expect(inputs[1]).toEqual({
    name: "metadata",
    shape: [1, 4],
    datatype: "FP32",
    parameters: { binary_data_size: 16 },
  });
  expect(new Float32Array(raw.slice(12).buffer)).toEqual(metadata);
});

test("photos of one mole follow one another, and what was told is said of each", () => {
  const other = features.map((value) => value ^ 1);
  const request = inferRequest(manifest, [features, other], Float32Array.from([0.5, 1]));
  const { inputs, raw } = inputsOf(request);
  expect(inputs.map(({ shape }: { shape: number[] }) => shape)).toEqual([
    [2, 2, 3, 2],
    [2, 2],
  ]);
  expect([...raw.subarray(0, 24)]).toEqual([...features, ...other]);
  expect([...new Float32Array(raw.slice(24).buffer)]).toEqual([0.5, 1, 0.5, 1]);
});

test.each([503, 429])("a %i that names a time says so", async (status) => {
  const posting = infer(
    answering(status, json(problem), 7),
    manifest,
    inferRequest(manifest, [features], null),
    1,
    watch,
  );
  await expect(posting).rejects.toMatchObject({ kind: "server_busy", retryAfterSeconds: 7, requestId: "r-1" });
});

const problem = { title: "t", status: 404, detail: "In words.", code: "c", request_id: "r-1" };

test.each<[string, number, Uint8Array, object]>([
  [
    "another bundle",
    404,
    json({ ...problem, current: "fedcba9876543210" }),
    { kind: "bundle_changed", current: "fedcba9876543210" },
  ],
  ["the same bundle", 404, json({ ...problem, current: manifest.id }), { kind: "server_refused" }],
  ["not found", 404, new TextEncoder().encode("<html>"), { kind: "server_refused" }],
  ["busy", 503, json(problem), { kind: "server_busy", requestId: "r-1" }],
  ["too many", 429, json(problem), { kind: "server_busy" }],
  ["broken", 500, json(problem), { kind: "server_refused", detail: "In words.", requestId: "r-1" }],
  ["a proxy without a server", 502, new Uint8Array(), { kind: "server_unreachable" }],
  ["not a reply", 200, new TextEncoder().encode("<html>"), { kind: "reply_invalid" }],
  ["an empty reply", 200, new Uint8Array(), { kind: "reply_invalid" }],
])("%s becomes a trouble", async (_, status, body, expected) => {
  const request = inferRequest(manifest, [features], null);
  await expect(infer(answering(status, body), manifest, request, 1, watch)).rejects.toMatchObject(expected);
});
