import { html, nothing } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Made } from "../app/checked.ts";
import { itemBytes } from "../contract/manifest.ts";
import { byteText, wholeNumber } from "../i18n/numbers.ts";
import { hexDump } from "./hex.ts";
import * as icons from "./icons.ts";
import { drawFeatures, tileCount } from "./picture.ts";
import type { Say } from "./say.ts";
import { toldView } from "./told.ts";

/** Addresses at which the browser can save what was made: the features, the request's body, the answer's JSON. */
export interface Saves {
  readonly features: string;
  readonly body: string;
  readonly reply: string | null;
}

/** Bytes of the body that are shown one by one. */
const SHOWN = 1024;

/** The numbers that a request carries, in every form: how many bytes, as a picture, byte by byte, and to be saved. */
export function sentView(say: Say, made: Made, saves: Saves) {
  return html`
    ${counted(say, made)}
    ${tiles(say, made)}
    ${made.metadata === null ? nothing : toldView(say, made.told, made.metadata)}
    ${everyByte(say, made)}
    ${save(say.words.details.downloadBody, saves.body, `request-${made.manifest.id}.bin`, "body-download")}
    ${save(say.words.details.download, saves.features, `features-${made.manifest.id}.bin`, "features-download")}`;
}

export function save(label: string, url: string, name: string, testId: string) {
  return html`<a class="button second" href=${url} download=${name} data-testid=${testId}>${icons.save()}<span>${label}</span></a>`;
}

function counted({ words: { details }, language }: Say, { plain, request, features, inputs, metadata }: Made) {
  const bytes = (count: number) => byteText(count, language);
  const json = plain.body.length - features.length - inputs.length * (metadata?.byteLength ?? 0);
  const squeezed = request.body.length < plain.body.length;
  return html`<p data-testid="bytes-sent" data-value=${request.body.length}>
    ${details.sentText(bytes(plain.body.length), bytes(features.length), bytes(json))}
    ${squeezed ? details.squeezed(bytes(plain.body.length), bytes(request.body.length)) : nothing}</p>`;
}

function tiles({ words: { details }, language }: Say, { manifest: { features: spec }, features, inputs }: Made) {
  const size = itemBytes(spec);
  return html`
    <figure>
      ${inputs.map((_, item) => {
        const bytes = features.subarray(item * size, (item + 1) * size);
        return html`<canvas class="tiles" role="img" aria-label=${details.featuresPicture} data-testid="tiles"
          ${ref((element) => element instanceof HTMLCanvasElement && drawFeatures(element, bytes, spec))}></canvas>`;
      })}
      <figcaption>${details.features(wholeNumber(tileCount(spec), language))}</figcaption>
    </figure>`;
}

function everyByte({ words: { details }, language }: Say, { plain, request }: Made) {
  const shown = byteText(Math.min(SHOWN, plain.body.length), language);
  const squeezed = request.body.length < plain.body.length;
  return html`
    <details class="more" data-testid="every-byte">
      <summary>${details.everyByte}</summary>
      <p class="quietly">${details.everyByteWhat(shown)} ${squeezed ? details.everyByteSqueezed : nothing}</p>
      <pre tabindex="0" role="region" aria-label=${details.everyByte} data-testid="hex">${hexDump(plain.body, SHOWN)}</pre>
    </details>`;
}
