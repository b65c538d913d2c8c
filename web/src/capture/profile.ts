/**
 * Takes the colour profile out of a photo's file. The network learned from pixels as they are in the file; a browser that
 * knows no `colorSpaceConversion: "none"` would convert those of a phone that saves Display P3.
 */

/** The parts of a file that come before its pixels are within this many bytes, or else are left as they are. */
const HEAD = 1 << 20;

/** JPEG (ISO 10918-1) and PNG (W3C) without their profiles; any other file as it is. The bytes are not copied. */
export async function withoutProfile(file: Blob): Promise<Blob> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const dropped = [...(isJpeg(head) ? jpegProfiles(head) : isPng(head) ? pngProfiles(head) : [])];
  if (dropped.length === 0) return file;
  const kept: Blob[] = [];
  let from = 0;
  for (const [start, end] of dropped) {
    kept.push(file.slice(from, start));
    from = end;
  }
  return new Blob([...kept, file.slice(from)], { type: file.type });
}

/** Where a part begins and where the next one does. */
type Part = readonly [number, number];

const isJpeg = (head: Uint8Array) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;

/** APP2 segments that begin with ICC_PROFILE, up to the first scan. */
function* jpegProfiles(head: Uint8Array): Generator<Part> {
  const view = new DataView(head.buffer);
  for (let at = 2; at + 4 <= head.length && head[at] === 0xff && head[at + 1] !== 0xda; ) {
    const next = at + 2 + view.getUint16(at + 2);
    if (head[at + 1] === 0xe2 && latin(head, at + 4, 11) === "ICC_PROFILE") yield [at, next];
    at = next;
  }
}

const isPng = (head: Uint8Array) => latin(head, 1, 3) === "PNG" && head[0] === 0x89;

/** Chunks that say what the numbers mean as colours. */
const COLOURS = ["iCCP", "cICP", "cHRM", "gAMA"];

function* pngProfiles(head: Uint8Array): Generator<Part> {
  const view = new DataView(head.buffer);
  for (let at = 8; at + 8 <= head.length && latin(head, at + 4, 4) !== "IDAT"; ) {
    const next = at + 12 + view.getUint32(at);
    if (COLOURS.includes(latin(head, at + 4, 4))) yield [at, next];
    at = next;
  }
}

function latin(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
