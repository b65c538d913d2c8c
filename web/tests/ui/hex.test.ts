import { expect, test } from "vitest";
import { hexDump } from "../../src/ui/hex.ts";

test("every byte stands in two digits, with the character that it would be", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('{"a":1}'), 0, 127, 255]);
  expect(hexDump(bytes, 1024)).toBe('0000 7b 22 61 22 3a 31 7d 00 {"a":1}.\n0008 7f ff                   ..');
});

test("no more is shown than was asked for", () => {
  const lines = hexDump(new Uint8Array(5000), 1020).split("\n");
  expect(lines.length).toBe(128);
  expect(lines.at(-1)).toBe("03f8 00 00 00 00             ....");
});
