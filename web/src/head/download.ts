/** Fetch a bundle's public files: sizes are known from the manifest, and nothing is used before its hash agreed. */

import { type FileEntry, type Manifest, readDefaultBundle, readManifest } from "../contract/manifest.ts";
import { Trouble } from "../contract/trouble.ts";
import { hexSha256 } from "./sha256.ts";
import { keep, take } from "./shelf.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that have arrived, of all that are to come. */
export type OnBytes = (loaded: number, total: number) => void;

/** Without a byte for so long, a download is given up. */
const STALL_MILLISECONDS = 20_000;

/** The manifest of a bundle, of the server's default where `id` is null. */
export async function fetchManifest(fetch: Fetch, id: string | null): Promise<Manifest> {
  const wanted = id ?? readDefaultBundle(await fetchJson(fetch, "bundles"));
  return readManifest(await fetchJson(fetch, `bundles/${wanted}/manifest.json`), wanted);
}

/** Fetch files by their names in the manifest, all at once. Throws Trouble where one cannot be had or is corrupt. */
export async function fetchFiles(
  fetch: Fetch,
  manifest: Manifest,
  names: readonly string[],
  onBytes: OnBytes,
): Promise<Map<string, Bytes>> {
  const entries = names.map((name) => ({ name, entry: entryOf(manifest, name) }));
  const total = entries.reduce((sum, { entry }) => sum + entry.bytes, 0);
  const arrived = new Map<string, number>();
  const report = (name: string, bytes: number) => {
    arrived.set(name, bytes);
    onBytes(
      [...arrived.values()].reduce((sum, value) => sum + value, 0),
      total,
    );
  };
  const files = entries.map(async ({ name, entry }): Promise<[string, Bytes]> => {
    return [name, await fetchChecked(fetch, manifest.id, name, entry, (bytes) => report(name, bytes))];
  });
  return new Map(await Promise.all(files));
}

/**
 * From what the device has kept, else from the server. A corrupted file may sit in a cache on the way: it is fetched past
 * the caches once, and then given up.
 */
async function fetchChecked(
  fetch: Fetch,
  id: string,
  name: string,
  entry: FileEntry,
  onBytes: (bytes: number) => void,
): Promise<Bytes> {
  const url = `bundles/${id}/${name}`;
  const kept = await take(id, url);
  if (kept !== null && (await agrees(kept, entry))) {
    onBytes(entry.bytes);
    return kept;
  }
  for (const cache of ["default", "reload"] as const) {
    const bytes = await fetchBytes(fetch, url, { cache }, entry.bytes, onBytes);
    if (await agrees(bytes, entry)) {
      void keep(id, url, bytes);
      return bytes;
    }
  }
  throw new Trouble("head_corrupt", `${url} is not what the manifest says.`);
}

async function agrees(bytes: Bytes, entry: FileEntry): Promise<boolean> {
  return bytes.length === entry.bytes && (await hexSha256(bytes)) === entry.sha256;
}

async function fetchJson(fetch: Fetch, url: string): Promise<unknown> {
  const bytes = await fetchBytes(fetch, url, {}, 0, () => {});
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Trouble("head_unreachable", `Expected JSON from ${url}, got something else.`);
  }
}

/** `expected` bytes may be more or fewer in the end; the hash tells. */
async function fetchBytes(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  expected: number,
  onBytes: (bytes: number) => void,
): Promise<Bytes> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_MILLISECONDS);
  try {
    const response = await fetch(url, { ...init, signal: stalled.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}.`);
    const pieces: Uint8Array[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALL_MILLISECONDS);
      pieces.push(piece.value);
      length += piece.value.length;
      onBytes(expected > 0 ? Math.min(length, expected) : length);
    }
    return join(pieces);
  } catch (error) {
    throw new Trouble("head_unreachable", error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Pieces, one behind the other. */
export function join(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function entryOf(manifest: Manifest, name: string): FileEntry {
  const entry = manifest.files[name];
  if (entry === undefined || !entry.public) throw new Trouble("head_corrupt", `The bundle has no public ${name}.`);
  return entry;
}
