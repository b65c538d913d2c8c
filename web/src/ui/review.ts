import { html, nothing, type TemplateResult } from "lit-html";
import { type Ref, ref } from "lit-html/directives/ref.js";
import { zoomOf } from "../capture/framing.ts";
import type { Photo } from "../capture/photo.ts";
import type { Say } from "./say.ts";

export type Note = "dark" | "glare" | "empty" | "small";

export interface ReviewActions {
  readonly onUse: () => void;
  readonly onAgain: () => void;
  readonly onZoom: (zoom: number) => void;
  /** Steps of the arrow keys, in shares of the square's side. */
  readonly onMove: (x: number, y: number) => void;
}

/** Pixels of the review's canvas: sharp enough for any phone. */
export const REVIEW_PIXELS = 960;

export function reviewView(
  say: Say,
  canvas: Ref<HTMLCanvasElement>,
  photo: Photo,
  note: Note | null,
  tell: TemplateResult | typeof nothing,
  on: ReviewActions,
) {
  const { review } = say.words;
  const { box } = photo;
  return html`
    <div class="column pair">
      <div class="picture">
        <canvas class="square" ${ref(canvas)} data-testid="review-picture" data-photo=${`[${photo.width},${photo.height}]`}
          data-box=${`[${box.left},${box.top},${box.right},${box.bottom}]`} width=${REVIEW_PIXELS} height=${REVIEW_PIXELS} tabindex="0" role="img"
          aria-label=${review.picture} @keydown=${arrows(on.onMove)} @pointerdown=${drag(on.onMove)}></canvas>
        <label class="zoom"><span>${review.zoom}</span>
          <input type="range" min="1" max="8" step="0.05" .value=${String(zoomOf(box, photo))}
            @input=${(event: Event) => on.onZoom(Number((event.target as HTMLInputElement).value))}></label>
      </div>
      <div class="words">
        <h1 tabindex="-1">${review.heading}</h1>
        <p>${review.hint}</p>
        ${note === null ? nothing : html`<p class="note" role="status">${review[note]}</p>`}
        ${tell}
        <p class="quietly">${review.stays}</p>
        <div class="buttons">
          <button class="button first" type="button" data-testid="use-photo" @click=${on.onUse}>${review.use}</button>
          <button class="button second" type="button" data-testid="again" @click=${on.onAgain}>${review.again}</button>
        </div>
      </div>
    </div>`;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function arrows(onMove: ReviewActions["onMove"]) {
  return (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onMove(step[0] * 0.03, step[1] * 0.03);
  };
}

/** The picture follows the finger, so the square moves the other way. */
function drag(onMove: ReviewActions["onMove"]) {
  return (down: PointerEvent) => {
    const canvas = down.currentTarget as HTMLCanvasElement;
    let last = down;
    const move = (event: PointerEvent) => {
      const side = canvas.clientWidth;
      onMove((last.clientX - event.clientX) / side, (last.clientY - event.clientY) / side);
      last = event;
    };
    canvas.setPointerCapture(down.pointerId);
    canvas.addEventListener("pointermove", move);
    const end = () => canvas.removeEventListener("pointermove", move);
    canvas.addEventListener("pointerup", end, { once: true });
    canvas.addEventListener("pointercancel", end, { once: true });
  };
}
