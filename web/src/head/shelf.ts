/** A bundle's files, kept on the device under the bundle's id: what was proven once need not come again. */

const PREFIX = "dermsplit-bundle-";

/** What was kept under an address; null where nothing was, or where this browser keeps nothing. */
export async function take(id: string, url: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const kept = await (await open(id))?.match(url);
    return kept === undefined ? null : new Uint8Array(await kept.arrayBuffer());
  } catch {
    return null;
  }
}

/** Keep bytes whose hash agreed. A storage that is full or forbidden costs a download next time, nothing else. */
export async function keep(id: string, url: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await (await open(id))?.put(url, new Response(bytes));
  } catch {
    // Not kept.
  }
}

/** Forget the files of every other bundle: heads follow one another, and are a megabyte each. */
export async function keepOnly(id: string): Promise<void> {
  try {
    for (const name of (await stores()?.keys()) ?? []) {
      if (name.startsWith(PREFIX) && name !== PREFIX + id) await stores()?.delete(name);
    }
  } catch {
    // They stay until the browser needs the room.
  }
}

async function open(id: string): Promise<Cache | null> {
  return (await stores()?.open(PREFIX + id)) ?? null;
}

/** Absent on a plain http page, and in some private windows. */
function stores(): CacheStorage | undefined {
  return globalThis.caches;
}
