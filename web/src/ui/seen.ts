import { html, nothing } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Made } from "../app/checked.ts";
import type { DecoderSpec } from "../contract/manifest.ts";
import { byteText, likenessText, wholeNumber } from "../i18n/numbers.ts";
import { drawInput } from "./picture.ts";
import type { Say } from "./say.ts";

/** How far making pictures of the features has come; `pictures` are RGB uint8 [side, side, 3], one a photo. */
export type Rebuilding =
  | { readonly at: "not_asked" }
  | { readonly at: "doing"; readonly loaded: number; readonly total: number }
  | { readonly at: "failed" }
  | { readonly at: "done"; readonly pictures: readonly Uint8Array[] };

export interface Seen {
  readonly made: Made;
  /** Bytes of the decoder, null where the bundle carries none. */
  readonly bytes: number | null;
  readonly rebuilding: Rebuilding;
  readonly onShow: () => void;
}

/** What the server could see: a picture made of the numbers alone, beside the square of the photo. */
export function seenView(say: Say, seen: Seen) {
  const { details } = say.words;
  const { decoder } = seen.made.manifest;
  const offered = seen.bytes !== null && decoder !== null;
  return html`
    <section data-testid="seen"><h2>${details.seen}</h2>
      <p>${details.couldSee}</p>
      ${offered ? html`<p>${details.seenWhat}</p>${asked(say, seen, decoder)}` : nothing}
    </section>`;
}

function asked(say: Say, { made, bytes, rebuilding, onShow }: Seen, decoder: DecoderSpec) {
  const { details } = say.words;
  const { at } = rebuilding;
  return html`
    <div role="status">
      ${at === "doing" ? html`<p>${details.seenDoing}</p>` : nothing}
      ${at === "failed" ? html`<p class="note">${details.seenFailed}</p>` : nothing}
      ${at === "done" ? html`<p>${alike(say, decoder)}</p>` : nothing}
    </div>
    ${
      at === "doing" && rebuilding.total > 0
        ? html`<progress max=${rebuilding.total} value=${rebuilding.loaded} aria-label=${details.seenDoing}></progress>`
        : nothing
    }
    ${at === "done" ? pairs(say, made, rebuilding.pictures, decoder.side) : nothing}
    ${at === "done" ? html`<p>${details.seenAnyone}</p>` : nothing}
    ${
      at === "not_asked" || at === "failed"
        ? html`<button class="button second" type="button" data-testid="show-seen" @click=${onShow}>${details.seenShow(byteText(bytes ?? 0, say.language))}</button>`
        : nothing
    }`;
}

/** How like their photos such pictures were in tests, beside what needs no features. */
function alike({ words: { details }, language }: Say, { images, rebuilt }: DecoderSpec) {
  const of = (name: string) => rebuilt.find((one) => one.name === name)?.ssim.value;
  const [made, nearest] = [of("decoder"), of("nearest_picture")];
  if (made === undefined || nearest === undefined) return nothing;
  return details.seenAlike(
    likenessText(made, language),
    likenessText(nearest, language),
    wholeNumber(images, language),
  );
}

/** The button that was pressed is gone: who came by keyboard goes on from the pictures. Once, when they are there. */
function focusIfLost(element: Element | undefined): void {
  queueMicrotask(() => {
    const lost = document.activeElement === document.body;
    if (lost && element instanceof HTMLElement) element.focus({ preventScroll: true });
  });
}

function pairs({ words: { details } }: Say, { inputs, manifest }: Made, pictures: readonly Uint8Array[], side: number) {
  const drawn = (label: string, rgb: Uint8Array, size: number, testId: string) => html`
    <figure>
      <canvas class="square" role="img" aria-label=${label} data-testid=${testId}
        ${ref((element) => element instanceof HTMLCanvasElement && drawInput(element, rgb, size))}></canvas>
      <figcaption>${label}</figcaption>
    </figure>`;
  return inputs.map(
    (input, item) => html`<div class="beside" tabindex="-1" ${ref(focusIfLost)}>
      ${drawn(details.seenPhoto, input, manifest.input.size, "seen-photo")}
      ${drawn(details.seenRebuilt, pictures[item] ?? new Uint8Array(), side, "seen-rebuilt")}
    </div>`,
  );
}
