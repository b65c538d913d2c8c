/** Moving and zooming the square of a photo on the review screen. */

import { type Box, centreSquare } from "../contract/input.ts";
import { clamp } from "./guide.ts";

/** A square smaller than this share of the largest one is a guess, not a photo. */
export const CLOSEST = 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place on the square as it is shown, in shares of its side: 0..1 from the left and from the top. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const MIDDLE: Place = { x: 0.5, y: 0.5 };

/** How many times the largest square of the picture is magnified by a box. */
export function zoomOf(box: Box, photo: Size): number {
  return Math.min(photo.width, photo.height) / (box.right - box.left);
}

/** The square for a zoom of 1 to CLOSEST about the same centre, or about another place, pushed back into the picture. */
export function zoomed(box: Box, photo: Size, zoom: number, about: Place = MIDDLE): Box {
  return pinned(box, photo, zoom, about, about);
}

/** The square after its picture was dragged from one place to another. */
export function dragged(box: Box, photo: Size, from: Place, to: Place): Box {
  return pinned(box, photo, zoomOf(box, photo), from, to);
}

/** The square after two fingers on its picture went from two places to two others. */
export function pinched(box: Box, photo: Size, from: readonly [Place, Place], to: readonly [Place, Place]): Box {
  // Fingers on one spot would magnify without end.
  const ratio = distance(to) / Math.max(distance(from), 0.01);
  return pinned(box, photo, zoomOf(box, photo) * ratio, between(from), between(to));
}

/** The square of a zoom in which the pixel that lay at `from` lies at `to`, as far as the picture's edges allow. */
function pinned(box: Box, photo: Size, zoom: number, from: Place, to: Place): Box {
  const largest = centreSquare(photo.width, photo.height);
  const side = Math.max(1, Math.round((largest.right - largest.left) / clamp(zoom, 1, CLOSEST)));
  const before = box.right - box.left;
  const left = clamp(Math.round(box.left + from.x * before - to.x * side), 0, photo.width - side);
  const top = clamp(Math.round(box.top + from.y * before - to.y * side), 0, photo.height - side);
  return { left, top, right: left + side, bottom: top + side };
}

function distance([a, b]: readonly [Place, Place]): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function between([a, b]: readonly [Place, Place]): Place {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
