/** Moving and zooming the square of a photo on the review screen. */

import { type Box, centreSquare } from "../contract/input.ts";
import { clamp } from "./guide.ts";

/** A square smaller than this share of the largest one is a guess, not a photo. */
const CLOSEST = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How many times the largest square of the picture is magnified by a box. */
export function zoomOf(box: Box, photo: Size): number {
  return Math.min(photo.width, photo.height) / (box.right - box.left);
}

/** The square for a zoom of 1 to CLOSEST about the same centre, pushed back into the picture. */
export function zoomed(box: Box, photo: Size, zoom: number): Box {
  const largest = centreSquare(photo.width, photo.height);
  const whole = largest.right - largest.left;
  const side = Math.max(1, Math.round(whole / clamp(zoom, 1, CLOSEST)));
  const left = Math.round((box.left + box.right - side) / 2);
  const top = Math.round((box.top + box.bottom - side) / 2);
  return inside({ left, top, right: left + side, bottom: top + side }, photo);
}

/** The square moved by pixels of the photo, kept inside it. */
export function moved(box: Box, photo: Size, x: number, y: number): Box {
  const [right, down] = [Math.round(x), Math.round(y)];
  return inside(
    { left: box.left + right, top: box.top + down, right: box.right + right, bottom: box.bottom + down },
    photo,
  );
}

function inside(box: Box, photo: Size): Box {
  const side = box.right - box.left;
  const left = clamp(box.left, 0, photo.width - side);
  const top = clamp(box.top, 0, photo.height - side);
  return { left, top, right: left + side, bottom: top + side };
}
