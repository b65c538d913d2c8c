import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { Heads } from "../../src/head/heads.ts";
import type { Surroundings } from "../../src/head/load.ts";
import type { HeadFiles } from "../../src/head/protocol.ts";
import { manifestWith } from "../manifests.ts";

const id = "0123456789abcdef";
const text = (value: string) => new TextEncoder().encode(value);
const model = JSON.stringify({ weightsManifest: [{ paths: ["b.bin", "a.bin"] }] });
const contents: Record<string, Uint8Array<ArrayBuffer>> = {
  "head/model.json": text(model),
  "head/a.bin": new Uint8Array([3, 4]),
  "head/b.bin": new Uint8Array([1, 2]),
  "golden/input.png": new Uint8Array([9]),
  "golden/features.bin": new Uint8Array(12),
};
const files = Object.fromEntries(
  Object.entries(contents).map(([name, bytes]) => [
    name,
    { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, public: true },
  ]),
);

let served: Map<string, Uint8Array<ArrayBuffer>>;
let asked: [string, RequestCache | undefined][];
let given: HeadFiles[];
let around: Surroundings;

beforeEach(() => {
  asked = [];
  given = [];
  served = new Map(Object.entries(contents).map(([name, bytes]) => [`bundles/${id}/${name}`, bytes]));
  served.set("bundles", text(JSON.stringify({ default: { name: "mole", id } })));
  served.set(`bundles/${id}/manifest.json`, text(JSON.stringify(manifestWith({ files }))));
  around = {
    fetch: async (url, init) => {
      asked.push([url, init.cache]);
      const bytes = served.get(url);
      return bytes === undefined ? new Response("gone", { status: 404 }) : new Response(bytes);
    },
    worker: {
      load: async (it) => {
        given.push(it);
        return { backend: "wasm", milliseconds: 5 };
      },
      run: async () => ({ bytes: new Uint8Array(12), milliseconds: 1, backend: "webgl" }),
      rebuild: async () => new Float32Array(),
    },
    decode: async (_, size) => new Uint8Array(size * size * 3),
    backends: ["wasm"],
  };
});

test("a head is fetched, checked and handed to the worker, its shards in the model's order", async () => {
  const stages: string[] = [];
  const heads = new Heads(around, () => stages.push(heads.status.stage));
  const head = await heads.get();
  expect(head.manifest.id).toBe(id);
  expect(head.backend).toBe("wasm");
  expect([...new Uint8Array(given[0]?.weights ?? new ArrayBuffer(0))]).toEqual([1, 2, 3, 4]);
  expect(given[0]?.model).toBe(model);
  expect(given[0]?.id).toBe(id);
  expect(stages[0]).toBe("asking");
  expect(stages.slice(-2)).toEqual(["proving", "ready"]);
});

test("a head tells the back end of its last run", async () => {
  const head = await new Heads(around, () => {}).get();
  expect(head.backend).toBe("wasm");
  expect(await head.run(new Uint8Array(3))).toEqual({ bytes: new Uint8Array(12), milliseconds: 1 });
  expect(head.backend).toBe("webgl");
});

test("progress counts to the sum of the manifest's sizes", async () => {
  const seen: [number, number][] = [];
  const heads = new Heads(around, () => {
    if (heads.status.stage === "downloading") seen.push([heads.status.loaded, heads.status.total]);
  });
  await heads.get();
  const total = Object.values(contents).reduce((sum, bytes) => sum + bytes.length, 0);
  expect(seen.at(-1)).toEqual([total, total]);
});

test("all who ask at once share one load", async () => {
  const heads = new Heads(around, () => {});
  const [a, b] = await Promise.all([heads.get(), heads.get()]);
  expect(a).toBe(b);
  expect(given.length).toBe(1);
});

test("a corrupted file is fetched once more past the caches, and never reaches the worker", async () => {
  served.set(`bundles/${id}/head/a.bin`, new Uint8Array([3, 5]));
  const heads = new Heads(around, () => {});
  await expect(heads.get()).rejects.toMatchObject({ kind: "head_corrupt" });
  expect(asked.filter(([url]) => url.endsWith("a.bin")).map(([, cache]) => cache)).toEqual(["default", "reload"]);
  expect(given).toEqual([]);
});

test("a file whose second copy is whole is used", async () => {
  const whole = around.fetch;
  const fetch: Surroundings["fetch"] = async (url, init) => {
    const response = await whole(url, init);
    return url.endsWith("a.bin") && init.cache === "default" ? new Response("<html>") : response;
  };
  expect((await new Heads({ ...around, fetch }, () => {}).get()).backend).toBe("wasm");
});

test.each(["bundles", `bundles/${id}/manifest.json`, `bundles/${id}/head/b.bin`])(
  "without %s it cannot be had",
  async (url) => {
    served.delete(url);
    const heads = new Heads(around, () => {});
    await expect(heads.get()).rejects.toMatchObject({ kind: "head_unreachable" });
    expect(heads.status.stage).toBe("failed");
  },
);

test("a load that failed is tried anew", async () => {
  const bundles = served.get("bundles") as Uint8Array<ArrayBuffer>;
  served.delete("bundles");
  const heads = new Heads(around, () => {});
  await expect(heads.get()).rejects.toThrow();
  served.set("bundles", bundles);
  expect((await heads.get()).manifest.id).toBe(id);
});

test("a worker that cannot run the head says so", async () => {
  const worker = { ...around.worker, load: () => Promise.reject(new Error("wasm: no")) };
  const heads = new Heads({ ...around, worker }, () => {});
  await expect(heads.get()).rejects.toMatchObject({ kind: "head_failed", detail: "wasm: no" });
});
