import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { Made } from "../../src/app/checked.ts";
import { NOTHING_TOLD } from "../../src/contract/metadata.ts";
import { encodeRequest } from "../../src/contract/wire.ts";
import { Decoders } from "../../src/decoder/decoders.ts";
import type { DecoderFiles, HeadWorker } from "../../src/head/protocol.ts";
import { DECODER_SPEC, manifestWith } from "../manifests.ts";

const SIDE = DECODER_SPEC.side;
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const contents: Record<string, Uint8Array<ArrayBuffer>> = {
  "decoder/model.json": text({ weightsManifest: [{ paths: ["b.bin", "a.bin"] }] }),
  "decoder/a.bin": Uint8Array.of(3, 4),
  "decoder/b.bin": Uint8Array.of(1, 2),
};
const files = Object.fromEntries(
  Object.entries(contents).map(([name, bytes]) => [
    name,
    { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, public: true },
  ]),
);
const manifest = manifestWith({ files, decoder: DECODER_SPEC });

let fetched: string[];
let served: Record<string, Uint8Array<ArrayBuffer>>;
let asked: { files: DecoderFiles; features: number[]; items: number }[];
let given: (features: Float32Array, items: number) => Float32Array;

const worker = {
  async rebuild(decoder: DecoderFiles, features: Float32Array, items: number) {
    asked.push({ files: decoder, features: [...features], items });
    return given(features, items);
  },
} as HeadWorker;

function decoders(): Decoders {
  const fetch = async (url: string) => {
    fetched.push(url);
    const content = served[url.replace(/^bundles\/[0-9a-f]{16}\//, "")];
    return content === undefined ? new Response("", { status: 500 }) : new Response(content);
  };
  return new Decoders(fetch, worker);
}

function madeOf(...features: number[][]): Made {
  const request = encodeRequest([]);
  return {
    manifest,
    backend: "wasm",
    inputs: features.map(() => new Uint8Array()),
    features: Uint8Array.from(features.flat()),
    featuresSha256: "",
    told: NOTHING_TOLD,
    metadata: null,
    plain: request,
    request,
    milliseconds: { prepare: 1, head: 1 },
  };
}

beforeEach(() => {
  fetched = [];
  served = contents;
  asked = [];
  // Each picture is all of one shade: the first of its features.
  given = (features, items) =>
    Float32Array.from({ length: items * SIDE * SIDE * 3 }, (_, at) => {
      const item = Math.floor(at / (SIDE * SIDE * 3));
      return (features[(item * features.length) / items] as number) / 200;
    });
});

test("a bundle says what its decoder costs, and one that carries none says so", () => {
  const size = contents["decoder/model.json"]?.length ?? 0;
  expect(decoders().bytesOf(manifest)).toBe(size + 4);
  expect(decoders().bytesOf(manifestWith({ files }))).toBeNull();
  expect(decoders().bytesOf(manifestWith({ decoder: DECODER_SPEC }))).toBeNull();
});

test("each photo's picture is made of its features as they are sent", async () => {
  const [first, second] = [Array(12).fill(100), Array(12).fill(255)];
  const pictures = await decoders().rebuild(madeOf(first, second), () => {});
  expect(pictures.map((picture) => picture.length)).toEqual([SIDE * SIDE * 3, SIDE * SIDE * 3]);
  expect(new Set(pictures[0])).toEqual(new Set([128]));
  // 255 / 200 is more than white.
  expect(new Set(pictures[1])).toEqual(new Set([255]));
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ features: [...first, ...second], items: 2 });
  expect(asked[0]?.files.shape).toEqual([2, 3, 2]);
  expect([...new Uint8Array(asked[0]?.files.weights ?? new ArrayBuffer())]).toEqual([1, 2, 3, 4]);
});

test("nothing but the decoder's files is fetched, and progress counts to their sum", async () => {
  const heard: [number, number][] = [];
  const one = decoders();
  await one.rebuild(madeOf(Array(12).fill(1)), (...it) => heard.push(it));
  expect(fetched.sort()).toEqual(
    ["a.bin", "b.bin", "model.json"].map((name) => `bundles/${manifest.id}/decoder/${name}`),
  );
  expect(heard.at(-1)).toEqual([one.bytesOf(manifest), one.bytesOf(manifest)]);
});

test("a corrupted file is not used", async () => {
  served = { ...contents, "decoder/a.bin": Uint8Array.of(3, 5) };
  await expect(decoders().rebuild(madeOf(Array(12).fill(1)), () => {})).rejects.toMatchObject({ kind: "head_corrupt" });
  expect(asked).toEqual([]);
});

test("what is no picture is not shown", async () => {
  given = (_, items) => new Float32Array(items * SIDE * SIDE * 3 - 1);
  await expect(decoders().rebuild(madeOf(Array(12).fill(1)), () => {})).rejects.toThrow("Expected pictures");
  given = (_, items) => new Float32Array(items * SIDE * SIDE * 3).fill(Number.NaN);
  await expect(decoders().rebuild(madeOf(Array(12).fill(1)), () => {})).rejects.toThrow("Expected pictures");
});

test("a bundle without one is said to have none, and nothing is fetched", async () => {
  const made = { ...madeOf(Array(12).fill(1)), manifest: manifestWith() };
  await expect(decoders().rebuild(made, () => {})).rejects.toThrow("carries no decoder");
  expect(fetched).toEqual([]);
});
