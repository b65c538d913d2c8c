/** A photo on this device: decoded once, upright, never uploaded. */

import { type Box, centreSquare, type ReadRows, toInput, withoutAlpha } from "../contract/input.ts";
import { Trouble } from "../contract/trouble.ts";
import { type Decoded, decode, decodeHere } from "./decode.ts";
import { yieldToMain } from "./yield_to_main.ts";

/** Whether a camera took it just now, here or in the phone's own camera app, or it was there before. */
export type Source = "camera" | "file";

export interface Photo {
  readonly source: Source;
  readonly picture: Decoded["picture"];
  /** A smaller copy of a large picture, for people's eyes. */
  readonly preview: ImageBitmap | null;
  readonly width: number;
  readonly height: number;
  /** The square that the network will see; the person may move it. */
  box: Box;
  readonly release: () => void;
}

/** The contract's own limit: above it a file is taken for a decompression bomb. */
const LARGEST_PHOTO = 120_000_000;

/** Decode a file. Throws Trouble `photo_unreadable` or `photo_heic` for what this browser cannot show as a picture. */
export async function readPhoto(file: Blob, source: Source): Promise<Photo> {
  return photoOf(await decode(file), source);
}

function photoOf({ picture, preview }: Decoded, source: Source): Photo {
  const { width, height } = sizeOf(picture);
  const release = () => {
    preview?.close();
    if (picture instanceof ImageBitmap) picture.close();
    else URL.revokeObjectURL(picture.src);
  };
  if (width < 1 || height < 1 || width * height > LARGEST_PHOTO) {
    release();
    throw new Trouble("photo_unreadable", `${width}x${height} pixels`);
  }
  return { source, picture, preview, width, height, box: centreSquare(width, height), release };
}

/** A camera that has shown itself gives a picture within this time. */
const FRAME_MILLISECONDS = 3000;
const BETWEEN_TRIES_MILLISECONDS = 50;

/**
 * Take the frame that a video shows now. `box` is the square inside the guide, in the video's pixels. Throws Trouble
 * `camera_busy` where the browser gives no picture of what it shows.
 */
export async function takeFrame(video: HTMLVideoElement, box: Box): Promise<Photo> {
  const start = performance.now();
  while (performance.now() - start < FRAME_MILLISECONDS) {
    const picture = await createImageBitmap(video).catch(() => null);
    if (picture !== null && !isEmpty(picture)) {
      const { width, height } = picture;
      return { source: "camera", picture, preview: null, width, height, box, release: () => picture.close() };
    }
    picture?.close();
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MILLISECONDS));
  }
  throw new Trouble("camera_busy", "no picture of the video");
}

/** What a camera sees is opaque; between two frames, WebKitGTK gives a picture with nothing in it. */
function isEmpty(picture: ImageBitmap): boolean {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context?.drawImage(picture, 0, 0, 1, 1, 0, 0, 1, 1);
  return context?.getImageData(0, 0, 1, 1).data[3] === 0;
}

/** The head's input: RGB uint8 [size, size, 3], the photo's square resized as Pillow would. */
export function prepareInput(photo: Photo, size: number): Promise<Uint8Array> {
  const { left, top, right } = photo.box;
  const side = right - left;
  return toInput(side, size, rowsOf(photo.picture, left, top, side), pauses());
}

/** Work this long is not felt; the page draws after it. */
const MILLISECONDS_AT_A_TIME = 12;

/** Lets the page draw, where the last time is long enough ago. */
function pauses(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < MILLISECONDS_AT_A_TIME) return;
    await yieldToMain();
    last = performance.now();
  };
}

/** Decode a small PNG to RGB uint8 [size, size, 3], every pixel as it is in the file. */
export async function decodeExactly(png: Blob, size: number): Promise<Uint8Array> {
  const photo = photoOf(await decodeHere(png), "file");
  try {
    if (photo.width !== size || photo.height !== size) throw new Trouble("head_corrupt", "golden input's size");
    return withoutAlpha(rowsOf(photo.picture, 0, 0, size)(0, size));
  } finally {
    photo.release();
  }
}

/** Draw the photo's square to fill a canvas, smoothly, for people's eyes only. */
export function drawSquare(photo: Photo, canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { left, top, right, bottom } = photo.box;
  const { source, share } = drawnFrom(photo, canvas.width / (right - left));
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  const [width, height] = [(right - left) * share, (bottom - top) * share];
  context.drawImage(source, left * share, top * share, width, height, 0, 0, canvas.width, canvas.height);
}

/** The preview, `share` of the photo's size, where that is no less than what is asked for. */
function drawnFrom({ picture, preview, width }: Photo, asked: number): { source: CanvasImageSource; share: number } {
  const share = (preview?.width ?? 0) / width;
  return preview !== null && share >= asked ? { source: preview, share } : { source: picture, share: 1 };
}

/** Side of the pictures that are kept: enough to compare, small enough to keep many. */
const KEPT_PIXELS = 720;

/** The photo's square as the bytes of a JPEG, without anything else that the photo's file held. */
export async function squareAsJpeg(photo: Photo): Promise<ArrayBuffer> {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(KEPT_PIXELS, photo.box.right - photo.box.left);
  drawSquare(photo, canvas);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
  if (jpeg === null) throw new Trouble("photo_unreadable", "no JPEG");
  return jpeg.arrayBuffer();
}

/** Reads a square strip by strip: phones refuse canvases as large as their own photos. */
function rowsOf(picture: CanvasImageSource, left: number, top: number, side: number): ReadRows {
  const canvas = document.createElement("canvas");
  // willReadFrequently keeps the canvas out of the graphics processor, which may round colours.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Trouble("photo_unreadable", "no canvas");
  return (from, to) => {
    const rows = to - from;
    canvas.width = side;
    canvas.height = rows;
    context.imageSmoothingEnabled = false;
    context.fillStyle = "white";
    context.fillRect(0, 0, side, rows);
    context.drawImage(picture, left, top + from, side, rows, 0, 0, side, rows);
    return context.getImageData(0, 0, side, rows).data;
  };
}

function sizeOf(picture: ImageBitmap | HTMLImageElement): { width: number; height: number } {
  if (picture instanceof ImageBitmap) return picture;
  return { width: picture.naturalWidth, height: picture.naturalHeight };
}
