/** From a file to a picture, beside the page's own thread. */

import { Trouble } from "../contract/trouble.ts";
import { AS_IN_THE_FILE, type DecodedAside } from "./exact.ts";
import { HEIC_HEAD, isHeic } from "./heic.ts";
import { withoutProfile } from "./profile.ts";

/** On the page's own thread there is no preview: making one would hold it as long as drawing the picture. */
export type Decoded = DecodedAside | { readonly picture: ImageBitmap | HTMLImageElement; readonly preview: null };

/** Throws Trouble `photo_unreadable` or `photo_heic` for what this browser cannot show as a picture. */
export async function decode(file: Blob): Promise<Decoded> {
  if (file.size === 0) throw new Trouble("photo_unreadable", "empty file");
  const plain = await withoutProfile(file);
  try {
    return await decodeAside(plain);
  } catch {
    return decodeHere(plain);
  }
}

/** For small pictures: on the page's own thread. */
export async function decodeHere(file: Blob): Promise<Decoded> {
  const picture = await createImageBitmap(file, AS_IN_THE_FILE).catch(() => decodeAsImage(file));
  return { picture, preview: null };
}

/** A worker that says nothing for so long will not: the slowest phones take a few seconds for their largest photos. */
const DECODE_MILLISECONDS = 20_000;

/** In a worker, since the pixels of a large photo hold the thread that receives them for longer than a person bears. */
async function decodeAside(file: Blob): Promise<DecodedAside> {
  const worker = new Worker(new URL("./worker/decode.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      const fail = () => reject(new Error("The worker did not decode."));
      worker.onerror = worker.onmessageerror = fail;
      worker.onmessage = ({ data }: MessageEvent<DecodedAside | null>) => (data === null ? fail() : resolve(data));
      worker.postMessage(file);
      setTimeout(fail, DECODE_MILLISECONDS);
    });
  } finally {
    worker.terminate();
  }
}

/** What createImageBitmap will not take, an <img> sometimes does: HEIC in Safari, SVG, options of older browsers. */
async function decodeAsImage(file: Blob): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    return image;
  } catch {
    URL.revokeObjectURL(image.src);
    const start = new Uint8Array(await file.slice(0, HEIC_HEAD).arrayBuffer());
    throw new Trouble(isHeic(start) ? "photo_heic" : "photo_unreadable", file.type);
  }
}
