import { html, nothing, type TemplateResult } from "lit-html";
import { type Ref, ref } from "lit-html/directives/ref.js";
import type { Hint } from "../capture/coach.ts";
import { CLOSEST, zoomOf } from "../capture/framing.ts";
import { drawSquare, type Photo } from "../capture/photo.ts";
import type { Gestures } from "./gestures.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

/** What may be wrong with a photo: what the coach sees, less movement, which needs two pictures. */
export type Note = Exclude<Hint, "moving" | "good"> | "small";

/** The photos of one mole, the one that is shown large, and whether there are as many as there may be. */
export interface Reviewing {
  readonly photos: readonly Photo[];
  readonly photo: Photo;
  readonly note: Note | null;
  readonly full: boolean;
}

export interface ReviewActions {
  readonly onUse: () => void;
  readonly onAdd: () => void;
  readonly onAgain: () => void;
  readonly onRemove: () => void;
  readonly onPick: (photo: Photo) => void;
  readonly onZoom: (zoom: number) => void;
  readonly gestures: Gestures;
}

/** Pixels of the review's canvas: sharp enough for any phone. */
export const REVIEW_PIXELS = 960;

export function reviewView(
  say: Say,
  canvas: Ref<HTMLCanvasElement>,
  { photos, photo, note, full }: Reviewing,
  tell: TemplateResult | typeof nothing,
  on: ReviewActions,
) {
  const { review } = say.words;
  const several = photos.length > 1;
  return html`
    <div class="column pair">
      <div class="picture">
        ${framing(say, canvas, photo, on)}
        ${several ? thumbnails(say, photos, photo, on.onPick) : nothing}
      </div>
      <div class="words">
        <h1 tabindex="-1">${review.heading}</h1>
        <p>${review.hint}</p>
        ${note === null ? nothing : html`<p class="note" role="status">${review[note]}</p>`}
        ${tell}
        <p class="quietly">${review.stays}</p>
        <div class="buttons">
          <button class="button first" type="button" data-testid="use-photo"
            @click=${on.onUse}>${several ? review.useAll(String(photos.length)) : review.use}</button>
          <button class="button second" type="button" data-testid=${several ? "remove-photo" : "again"}
            @click=${several ? on.onRemove : on.onAgain}>${several ? review.remove : review.again}</button>
          ${
            full
              ? nothing
              : html`<button class="button second" type="button" data-testid="add-photo"
                  @click=${on.onAdd}>${icons.camera()}<span>${review.add}</span></button>
                <p class="quietly">${review.addWhy}</p>`
          }
        </div>
      </div>
    </div>`;
}

/** The square, which fingers, mouse, wheel and keys move and zoom. */
function framing({ words: { review } }: Say, canvas: Ref<HTMLCanvasElement>, photo: Photo, on: ReviewActions) {
  const { box } = photo;
  const zoom = zoomOf(box, photo);
  return html`
    <canvas class="square" ${ref(canvas)} data-testid="review-picture" data-photo=${`[${photo.width},${photo.height}]`}
      data-box=${`[${box.left},${box.top},${box.right},${box.bottom}]`} width=${REVIEW_PIXELS} height=${REVIEW_PIXELS}
      tabindex="0" role="application" aria-label=${review.picture} @keydown=${on.gestures.onKey}
      @wheel=${on.gestures.onWheel} @pointerdown=${on.gestures.onPointer}></canvas>
    <label class="zoom"><span>${review.zoom}</span>
      <input type="range" min="1" max=${CLOSEST} step="0.05" data-testid="zoom" .value=${String(zoom)}
        aria-valuetext=${review.magnified(zoom.toFixed(1))}
        @input=${(event: Event) => on.onZoom(Number((event.target as HTMLInputElement).value))}></label>`;
}

function thumbnails(
  { words: { review } }: Say,
  photos: readonly Photo[],
  shown: Photo,
  onPick: (photo: Photo) => void,
) {
  return html`<div class="thumbs" role="group" aria-label=${review.photos} data-testid="thumbnails">
    ${photos.map(
      (photo, index) => html`<button class="thumb" type="button" aria-pressed=${photo === shown}
        aria-label=${review.pick(String(index + 1))} @click=${() => onPick(photo)}>
          <canvas class="square" width="144" height="144" aria-hidden="true"
            ${ref((element) => element instanceof HTMLCanvasElement && drawSquare(photo, element))}></canvas></button>`,
    )}
  </div>`;
}
