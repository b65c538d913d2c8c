import { readFileSync } from "node:fs";

/** The files that pytest reads too. */
const folder = new URL("../../contract/golden/", import.meta.url);

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as T;
}
