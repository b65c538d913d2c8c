import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { Made } from "../../src/app/checked.ts";
import { NOTHING_TOLD } from "../../src/contract/metadata.ts";
import { encodeRequest } from "../../src/contract/wire.ts";
import type { Thread } from "../../src/head/thread.ts";
import type { TailFiles, TailRun, TailWorker } from "../../src/tail/protocol.ts";
import { Tails } from "../../src/tail/tails.ts";
import { METADATA_SPEC, manifestWith } from "../manifests.ts";

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const contents: Record<string, Uint8Array<ArrayBuffer>> = {
  "tail-tfjs/model.json": text({ weightsManifest: [{ paths: ["b.bin", "a.bin"] }] }),
  "tail-tfjs/a.bin": Uint8Array.of(3, 4),
  "tail-tfjs/b.bin": Uint8Array.of(1, 2),
  "golden/features.bin": new Uint8Array(12).fill(7),
  "golden/probabilities.json": text({ probabilities: [[0.75, 0.25]] }),
};
const files = Object.fromEntries(
  Object.entries(contents).map(([name, bytes]) => [
    name,
    { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, public: true },
  ]),
);
const manifest = manifestWith({ files, metadata: METADATA_SPEC, tail_in_page: "float16" });

let fetched: string[];
let loaded: TailFiles[];
let asked: { features: number[]; metadata: number[] | null; items: number }[];
let golden: number[];
let failing: boolean;
let threads: Thread<TailWorker>[];

const worker: TailWorker = {
  async load(given) {
    loaded.push(given);
  },
  async run(features, metadata, items): Promise<TailRun> {
    asked.push({ features: [...features], metadata: metadata && [...metadata], items });
    const rows = Array.from({ length: items }, () => golden).flat();
    return { probabilities: Float32Array.from(rows), domains: null, milliseconds: 3 };
  },
};

function tails(): Tails {
  const fetch = async (url: string) => {
    fetched.push(url);
    const content = contents[url.replace(/^bundles\/[0-9a-f]{16}\//, "")];
    return failing || content === undefined ? new Response("", { status: 500 }) : new Response(content);
  };
  return new Tails(fetch, spawn);
}

function spawn(): Thread<TailWorker> {
  const thread = { remote: worker, mourners: new Set<(cause: Error) => void>(), end: () => {} };
  threads.push(thread);
  return thread;
}

/** As where the worker's file does not arrive. */
function kill(thread: Thread<TailWorker> | undefined): void {
  for (const tell of thread?.mourners ?? []) tell(new Error("killed"));
}

function madeOf(photos: number, metadata: Float32Array | null = null): Made {
  const request = encodeRequest([]);
  return {
    manifest,
    backend: "wasm",
    inputs: Array.from({ length: photos }, () => new Uint8Array()),
    features: new Uint8Array(12 * photos).fill(9),
    featuresSha256: "",
    told: NOTHING_TOLD,
    metadata,
    plain: request,
    request,
    milliseconds: { prepare: 1, head: 1 },
  };
}

beforeEach(() => {
  fetched = [];
  loaded = [];
  asked = [];
  golden = [0.75, 0.25];
  failing = false;
  threads = [];
});

test("a bundle says what fetching its tail costs, and one that carries none says so", () => {
  const size = contents["tail-tfjs/model.json"]?.length ?? 0;
  expect(tails().bytesOf(manifest)).toBe(size + 4);
  expect(tails().bytesOf(manifestWith())).toBeNull();
  const { "tail-tfjs/model.json": model, ...others } = files;
  const secret = manifestWith({
    tail_in_page: "float16",
    files: { ...others, "tail-tfjs/model.json": { ...model, public: false } as never },
  });
  expect(tails().bytesOf(secret)).toBeNull();
});

test("it is fetched and proven once, and answers for every photo", async () => {
  const heard: [number, number][] = [];
  const one = tails();
  const reply = await one.run(madeOf(2, Float32Array.of(0.5, 1, 0, 1, 0, 0, 0)), (...it) => heard.push(it));
  expect(reply.answers.map(({ decision }) => decision)).toEqual(["suspicious", "suspicious"]);
  expect(JSON.parse(reply.text).model_version).toBe(manifest.id);
  expect([...new Uint8Array(loaded[0]?.weights ?? new ArrayBuffer())]).toEqual([1, 2, 3, 4]);
  expect(loaded[0]).toMatchObject({ shape: [2, 3, 2], metadataWidth: 7, tellsDomains: false });
  expect(asked[0]).toEqual({ features: Array(12).fill(7), metadata: null, items: 1 });
  expect(asked[1]?.metadata).toEqual([0.5, 1, 0, 1, 0, 0, 0, 0.5, 1, 0, 1, 0, 0, 0]);
  expect(heard.at(-1)?.[0]).toBe(heard.at(-1)?.[1]);
  await one.run(madeOf(1), () => {});
  expect(fetched.length).toBe(5);
  expect(asked.at(-1)).toEqual({ features: Array(12).fill(9), metadata: null, items: 1 });
});

test("one that computes wrongly is not used", async () => {
  golden = [0.74, 0.26];
  await expect(tails().run(madeOf(1), () => {})).rejects.toMatchObject({ kind: "tail_failed" });
  golden = [Number.NaN, 0.25];
  await expect(tails().run(madeOf(1), () => {})).rejects.toMatchObject({ kind: "tail_failed" });
});

test("one that cannot be fetched now can be later", async () => {
  const one = tails();
  failing = true;
  await expect(one.run(madeOf(1), () => {})).rejects.toMatchObject({ kind: "tail_unreachable" });
  failing = false;
  expect((await one.run(madeOf(1), () => {})).answers.length).toBe(1);
});

test("a thread that dies is said, and one that died between two photos is replaced", async () => {
  const one = tails();
  const { load } = worker;
  worker.load = () => {
    kill(threads[0]);
    return new Promise(() => {});
  };
  await expect(one.run(madeOf(1), () => {})).rejects.toMatchObject({ kind: "tail_failed", detail: "killed" });
  worker.load = load;
  expect((await one.run(madeOf(1), () => {})).answers.length).toBe(1);
  kill(threads[1]);
  expect((await one.run(madeOf(1), () => {})).answers.length).toBe(1);
  expect([threads.length, loaded.length]).toEqual([3, 2]);
});

test("a bundle without one is said to have none, and nothing is fetched", async () => {
  const made = { ...madeOf(1), manifest: manifestWith() };
  await expect(tails().run(made, () => {})).rejects.toMatchObject({ kind: "tail_absent" });
  expect(fetched).toEqual([]);
});
