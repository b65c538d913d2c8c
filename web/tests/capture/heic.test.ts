import { expect, test } from "vitest";
import { isHeic } from "../../src/capture/heic.ts";

const start = (text: string) => Uint8Array.from([0, 0, 0, 24, ...new TextEncoder().encode(text), 0]);

test.each([
  ["ftypheic", true],
  ["ftypmif1", true],
  ["ftypavif", false],
  ["ftypisom", false],
  ["", false],
])("a file that begins with %s: %s", (text, expected) => {
  expect(isHeic(start(text))).toBe(expected);
});
