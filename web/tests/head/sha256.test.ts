import { afterEach, expect, test, vi } from "vitest";
import { hexSha256 } from "../../src/head/sha256.ts";

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

afterEach(() => vi.unstubAllGlobals());

test("the browser's own and the library's agree with FIPS 180-4", async () => {
  expect(await hexSha256(new TextEncoder().encode("abc"))).toBe(abc);
  vi.stubGlobal("crypto", {});
  expect(await hexSha256(new TextEncoder().encode("abc"))).toBe(abc);
});
