import { expect, test } from "vitest";
import { withoutProfile } from "../../src/capture/profile.ts";

const latin = (text: string) => [...text].map((character) => character.charCodeAt(0));
const segment = (marker: number, body: number[]) => [0xff, marker, 0, body.length + 2, ...body];
const chunk = (name: string, body: number[]) => [0, 0, 0, body.length, ...latin(name), ...body, 9, 9, 9, 9];
const without = async (bytes: number[]) =>
  Array.from(new Uint8Array(await (await withoutProfile(new Blob([Uint8Array.from(bytes)]))).arrayBuffer()));

const START = [0xff, 0xd8];
const EXIF = segment(0xe1, latin("Exif\0\0profile"));
const PROFILE = segment(0xe2, [...latin("ICC_PROFILE\0"), 1, 1, 7, 7]);
// As the pixels of a scan may be: what looks like a profile there is none.
const SCAN = [...segment(0xda, [1]), 1, 2, ...PROFILE, 0xff, 0xd9];

test("a JPEG loses every part of its profile and nothing else", async () => {
  const other = segment(0xe2, latin("MPF\0"));
  expect(await without([...START, ...PROFILE, ...EXIF, ...PROFILE, ...other, ...SCAN])).toEqual([
    ...START,
    ...EXIF,
    ...other,
    ...SCAN,
  ]);
});

test("a PNG loses what says how its numbers are colours", async () => {
  const signature = [0x89, ...latin("PNG\r\n"), 0x1a, 0x0a];
  const header = chunk("IHDR", [0, 0, 0, 1]);
  const pixels = [...chunk("IDAT", latin("iCCP")), ...chunk("IEND", [])];
  const colours = ["iCCP", "gAMA", "cHRM", "cICP"].flatMap((name) => chunk(name, [1, 2]));
  expect(await without([...signature, ...header, ...colours, ...chunk("pHYs", [3]), ...pixels])).toEqual([
    ...signature,
    ...header,
    ...chunk("pHYs", [3]),
    ...pixels,
  ]);
});

test.each([
  ["no profile", [...START, ...EXIF, ...SCAN]],
  ["an end inside a segment", [...START, 0xff, 0xe1, 0x40]],
  ["another format", latin("GIF89a ICC_PROFILE")],
  ["nothing", []],
])("a file with %s stays the file that it is", async (_, bytes) => {
  const file = new Blob([Uint8Array.from(bytes)], { type: "image/x" });
  expect(await withoutProfile(file)).toBe(file);
});
