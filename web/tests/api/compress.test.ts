import { gunzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { compressed } from "../../src/api/compress.ts";
import { inferRequest } from "../../src/api/infer.ts";
import { LENGTH_HEADER } from "../../src/contract/wire.ts";
import { manifestWith } from "../manifests.ts";

const manifest = manifestWith({ features: { name: "features", shape: [1024], datatype: "UINT8", levels: 4 } });
const few = inferRequest(manifest, [Uint8Array.from({ length: 1024 }, (_, i) => i % 4)], null);

afterEach(() => vi.unstubAllGlobals());

test("few levels become one smaller gzip member of the very same bytes", async () => {
  const request = await compressed(few);
  expect(request.headers["Content-Encoding"]).toBe("gzip");
  expect(request.headers[LENGTH_HEADER]).toBe(few.headers[LENGTH_HEADER]);
  expect(request.body.length).toBeLessThan(few.body.length / 2);
  expect([...gunzipSync(request.body)]).toEqual([...few.body]);
});

test("what does not get smaller is sent as it is", async () => {
  const noise = { ...few, body: crypto.getRandomValues(new Uint8Array(2000)) };
  expect(await compressed(noise)).toBe(noise);
});

test("a browser that cannot compress sends it as it is", async () => {
  vi.stubGlobal("CompressionStream", undefined);
  expect(await compressed(few)).toBe(few);
});
