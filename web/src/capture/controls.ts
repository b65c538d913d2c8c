/** What a camera lets a page turn: its light, its zoom, where it focuses. Most phones have some of it, few have all. */

import type { Place } from "./framing.ts";

/** A number that can be set, in the camera's own units. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export interface Controls {
  readonly hasTorch: boolean;
  /** Null where the camera does not zoom, or the person did not allow it. */
  readonly zoom: Range | null;
  /** What it is at when it opens. */
  readonly zoomed: number;
  readonly canFocus: boolean;
  readonly setTorch: (on: boolean) => Promise<void>;
  readonly setZoom: (zoom: number) => Promise<void>;
  /** Focus once on a place of the picture, in shares of its width and height. */
  readonly focusOn: (place: Place) => Promise<void>;
}

/** Of the Image Capture recommendation, which the types of the standard library do not know yet. */
interface Extended {
  readonly torch?: boolean;
  readonly zoom?: Range;
  readonly focusMode?: readonly string[];
}
interface Chosen {
  torch?: boolean;
  zoom?: number;
  focusMode?: "single-shot" | "continuous";
  pointsOfInterest?: readonly Place[];
}

/** The controls of a camera's track. One that focuses by itself when asked to is asked to. */
export function controlsOf(track: MediaStreamTrack): Controls {
  const able = (track.getCapabilities?.() ?? {}) as Extended;
  const settings = track.getSettings() as { zoom?: number };
  const modes = able.focusMode ?? [];
  const chosen: Chosen = {};
  // Each call replaces what the calls before it asked for, so all of it is asked for again. Nothing of the picture's
  // size: some browsers take no call that mixes the two.
  const choose = (more: Chosen) => {
    Object.assign(chosen, more);
    return track.applyConstraints({ advanced: [{ ...chosen } as MediaTrackConstraintSet] });
  };
  if (modes.includes("continuous")) choose({ focusMode: "continuous" }).catch(() => {});
  return {
    hasTorch: able.torch === true,
    zoom: able.zoom !== undefined && able.zoom.max > able.zoom.min ? able.zoom : null,
    zoomed: settings.zoom ?? able.zoom?.min ?? 1,
    canFocus: modes.includes("single-shot"),
    setTorch: (torch) => choose({ torch }),
    setZoom: (zoom) => choose({ zoom }),
    focusOn: (place) => choose({ focusMode: "single-shot", pointsOfInterest: [place] }),
  };
}
