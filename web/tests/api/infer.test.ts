import { expect, test } from "vitest";
import { infer, inferRequest, partsOf } from "../../src/api/infer.ts";
import type { HttpReply, Post } from "../../src/api/post.ts";
import { goldenBytes } from "../golden.ts";
import { manifestWith } from "../manifests.ts";

const manifest = manifestWith();
const features = goldenBytes("wire/uint8.features.bin");
const watch = { signal: new AbortController().signal, onSent: () => {} };
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const answering =
  (status: number, body: Uint8Array): Post =>
  async () => ({ status, body, headerLength: null });

test("features go to the bundle they were made by", async () => {
  const urls: string[] = [];
  const post: Post = async (url): Promise<HttpReply> => {
    urls.push(url);
    return { status: 200, body: goldenBytes("wire/json.reply.bin"), headerLength: null };
  };
  const answer = await infer(post, manifest, inferRequest(manifest, features), watch);
  expect(urls).toEqual(["v2/models/mole/versions/0123456789abcdef/infer"]);
  expect([answer.malignant, answer.benign, answer.decision]).toEqual([0.25, 0.75, "suspicious"]);
});

test("a request knows its two parts", () => {
  const request = inferRequest(manifest, features);
  const parts = partsOf(request);
  expect(parts.features).toBe(12);
  expect(parts.json + parts.features).toBe(request.body.length);
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
  const request = inferRequest(manifest, features);
  await expect(infer(answering(status, body), manifest, request, watch)).rejects.toMatchObject(expected);
});
