/** Where the round guide on the screen lies in the camera's picture. */

import type { Box } from "../contract/input.ts";
import type { Place } from "./framing.ts";

/** A rectangle on the screen, in CSS pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a point of the screen lies in the video's picture, in shares of its width and height; see `guideToVideo`. */
export function pointToVideo(view: Rectangle, point: Place, video: { width: number; height: number }): Place {
  const { scale, left, top } = covering(view, video);
  return {
    x: clamp((point.x - left) / scale / video.width, 0, 1),
    y: clamp((point.y - top) / scale / video.height, 0, 1),
  };
}

/**
 * The square round the guide in whole pixels of the video. The video fills `view` with `object-fit: cover`: scaled until
 * both sides are covered, centred, the rest cut off. The square never leaves the picture.
 */
export function guideToVideo(view: Rectangle, guide: Rectangle, video: { width: number; height: number }): Box {
  const { scale, left: originX, top: originY } = covering(view, video);
  const side = Math.max(1, Math.min(Math.round(guide.width / scale), video.width, video.height));
  const left = clamp(Math.round((guide.left - originX) / scale), 0, video.width - side);
  const top = clamp(Math.round((guide.top - originY) / scale), 0, video.height - side);
  return { left, top, right: left + side, bottom: top + side };
}

/** How many CSS pixels a pixel of the video has, and where on the screen its picture begins. */
function covering(view: Rectangle, video: { width: number; height: number }) {
  const scale = Math.max(view.width / video.width, view.height / video.height);
  return {
    scale,
    left: view.left + (view.width - video.width * scale) / 2,
    top: view.top + (view.height - video.height * scale) / 2,
  };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
