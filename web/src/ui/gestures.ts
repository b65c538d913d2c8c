/** What fingers, mouse, wheel and keys do to the square of a photo. */

import { dragged, type Place, pinched, zoomed, zoomOf } from "../capture/framing.ts";
import type { Box } from "../contract/input.ts";

/** The picture that is framed, as it is now. */
export interface Framed {
  readonly box: Box;
  readonly width: number;
  readonly height: number;
}

type OnFrame = (box: Box) => void;

export interface Gestures {
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onWheel: (event: WheelEvent) => void;
  readonly onPointer: (event: PointerEvent) => void;
}

/** Made once for a screen, since fingers stay down from one drawing to the next. `photo` gives the one that is shown. */
export function gesturesOn(photo: () => Framed, frame: OnFrame): Gestures {
  return { onKey: keys(photo, frame), onWheel: wheel(photo, frame), onPointer: pointers(photo, frame) };
}

const KEY_STEP = 0.03;
const KEY_ZOOM = 1.15;

const MOVES: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: KEY_STEP, y: 0 },
  ArrowRight: { x: -KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: KEY_STEP },
  ArrowDown: { x: 0, y: -KEY_STEP },
};
const ZOOMS: Readonly<Record<string, number>> = { "+": KEY_ZOOM, "=": KEY_ZOOM, "-": 1 / KEY_ZOOM, _: 1 / KEY_ZOOM };

/** The arrow keys move the square over the photo; plus and minus zoom. */
function keys(photo: () => Framed, frame: OnFrame) {
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = MOVES[event.key];
    const zoom = ZOOMS[event.key];
    const it = photo();
    if (move !== undefined) frame(dragged(it.box, it, { x: 0, y: 0 }, move));
    else if (zoom !== undefined) frame(zoomed(it.box, it, zoomOf(it.box, it) * zoom));
    else return;
    event.preventDefault();
  };
}

/** The wheel zooms about the pointer. */
function wheel(photo: () => Framed, frame: OnFrame) {
  return (event: WheelEvent) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    const it = photo();
    const zoom = zoomOf(it.box, it) * Math.exp(-pixels / 400);
    frame(zoomed(it.box, it, zoom, placeOf(event, event.currentTarget as HTMLElement)));
  };
}

/**
 * One pointer drags, two pinch. Every move is measured from where the fingers went down, for steps of less than a pixel
 * of the photo would be lost one by one.
 */
function pointers(photo: () => Framed, frame: OnFrame) {
  const from = new Map<number, Place>();
  const now = new Map<number, Place>();
  let start: Box;
  const restart = () => {
    start = photo().box;
    from.clear();
    for (const [id, place] of now) from.set(id, place);
  };
  return (down: PointerEvent) => {
    const element = down.currentTarget as HTMLElement;
    if (now.size >= 2 || (down.pointerType === "mouse" && down.button !== 0)) return;
    now.set(down.pointerId, placeOf(down, element));
    restart();
    element.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      now.set(event.pointerId, placeOf(event, element));
      const [a, b] = [...from.values()];
      const [c, d] = [...now.values()];
      if (a && b && c && d) frame(pinched(start, photo(), [a, b], [c, d]));
      else if (a && c) frame(dragged(start, photo(), a, c));
    };
    const end = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      now.delete(event.pointerId);
      restart();
      stop.abort();
    };
    const stop = new AbortController();
    const { signal } = stop;
    element.addEventListener("pointermove", move, { signal });
    element.addEventListener("pointerup", end, { signal });
    element.addEventListener("pointercancel", end, { signal });
  };
}

function placeOf({ clientX, clientY }: MouseEvent, element: HTMLElement): Place {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}
