import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FileEntry } from "../../src/contract/manifest.ts";
import { readManifest } from "../../src/contract/manifest.ts";
import { fetchFiles } from "../../src/head/download.ts";
import { hexSha256 } from "../../src/head/sha256.ts";
import { keep, keepOnly, take } from "../../src/head/shelf.ts";
import { manifestWith } from "../manifests.ts";

const id = "0123456789abcdef";
const whole = new Uint8Array([1, 2, 3]);
const url = `bundles/${id}/head/a.bin`;

/** Cache Storage as far as it is used; Node has none. */
class Stores {
  readonly held = new Map<string, Map<string, Response>>();
  full = false;

  async open(name: string) {
    const files = this.held.get(name) ?? new Map<string, Response>();
    this.held.set(name, files);
    return {
      match: async (key: string) => files.get(key)?.clone(),
      put: async (key: string, response: Response) => {
        if (this.full) throw new DOMException("full", "QuotaExceededError");
        files.set(key, response);
      },
    };
  }
  keys = async () => [...this.held.keys()];
  delete = async (name: string) => this.held.delete(name);
}

let stores: Stores;
beforeEach(() => {
  stores = new Stores();
  vi.stubGlobal("caches", stores);
});
afterEach(() => vi.unstubAllGlobals());

async function fetched(bytes: Uint8Array<ArrayBuffer>): Promise<{ asked: number; found: Uint8Array | undefined }> {
  const entry: FileEntry = { sha256: await hexSha256(whole), bytes: 3, public: true };
  const manifest = readManifest(manifestWith({ files: { "head/a.bin": entry } }), id);
  let asked = 0;
  const fetch = async () => {
    asked++;
    return new Response(bytes);
  };
  const files = await fetchFiles(fetch, manifest, ["head/a.bin"], () => {});
  return { asked, found: files.get("head/a.bin") };
}

test("a file that agreed with its hash is not fetched again", async () => {
  expect(await fetched(whole)).toEqual({ asked: 1, found: whole });
  expect(await fetched(whole)).toEqual({ asked: 0, found: whole });
});

test("what was kept and has rotted is fetched anew, and mended", async () => {
  await keep(id, url, new Uint8Array([1, 2, 4]));
  expect(await fetched(whole)).toEqual({ asked: 1, found: whole });
  expect(await take(id, url)).toEqual(whole);
});

test("what did not agree is never kept", async () => {
  await expect(fetched(new Uint8Array([9, 9, 9]))).rejects.toMatchObject({ kind: "head_corrupt" });
  expect(await take(id, url)).toBeNull();
});

test("a storage that is full, or none at all, costs a download and nothing else", async () => {
  stores.full = true;
  expect(await fetched(whole)).toEqual({ asked: 1, found: whole });
  vi.stubGlobal("caches", undefined);
  expect(await fetched(whole)).toEqual({ asked: 1, found: whole });
});

test("only the bundle in use is kept, and nothing that is not ours is touched", async () => {
  await keep("old", "bundles/old/a", whole);
  await keep(id, url, whole);
  stores.held.set("someone else's", new Map());
  await keepOnly(id);
  expect(await stores.keys()).toEqual([`dermsplit-bundle-${id}`, "someone else's"]);
});
