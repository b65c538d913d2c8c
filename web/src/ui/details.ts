import { html, nothing } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Checked } from "../app/checked.ts";
import { itemBytes } from "../contract/manifest.ts";
import { byteText, millisecondText, wholeNumber } from "../i18n/numbers.ts";
import * as icons from "./icons.ts";
import { drawFeatures, drawInput, tileCount } from "./picture.ts";
import type { Say } from "./say.ts";
import { toldView } from "./told.ts";

export function detailsView(say: Say, checked: Checked, featuresUrl: string, onBack: () => void) {
  const { details } = say.words;
  const { manifest, inputs, features, metadata, request } = checked;
  const { size } = manifest.input;
  const bytes = (count: number) => byteText(count, say.language);
  const json = request.plainBytes - features.length - inputs.length * (metadata?.byteLength ?? 0);
  const squeezed = request.body.length < request.plainBytes;
  return html`
    <div class="column details">
      <h1 tabindex="-1">${details.heading}</h1>
      <p>${details.way}</p>
      <section><h2>${details.stayed}</h2>
        <p>${details.stayedText}</p>
        <figure>
          <div class="thumbs">${inputs.map(
            (input) => html`<canvas class="square small" role="img" aria-label=${details.inputPicture}
              ${ref((element) => element instanceof HTMLCanvasElement && drawInput(element, input, size))}></canvas>`,
          )}</div>
          <figcaption>${details.input(wholeNumber(size, say.language))}</figcaption>
        </figure>
      </section>
      <section><h2>${details.sent}</h2>
        <p data-testid="bytes-sent" data-value=${request.body.length}>
          ${details.sentText(bytes(request.plainBytes), bytes(features.length), bytes(json))}
          ${squeezed ? details.squeezed(bytes(request.plainBytes), bytes(request.body.length)) : nothing}</p>
        <figure>
          ${inputs.map((_, item) => {
            const bytes = features.subarray(
              item * itemBytes(manifest.features),
              (item + 1) * itemBytes(manifest.features),
            );
            return html`<canvas class="tiles" role="img" aria-label=${details.featuresPicture}
              ${ref((element) => element instanceof HTMLCanvasElement && drawFeatures(element, bytes, manifest.features))}></canvas>`;
          })}
          <figcaption>${details.features(wholeNumber(tileCount(manifest.features), say.language))}</figcaption>
        </figure>
        ${metadata === null ? nothing : toldView(say, checked.told, metadata)}
        <p>${details.couldSee}</p>
        <a class="button second" href=${featuresUrl} download="features-${manifest.id}.bin"
          data-testid="features-download">${icons.save()}<span>${details.download}</span></a>
      </section>
      <section><h2>${details.time}</h2>${times(say, checked)}</section>
      <section><h2>${details.technical}</h2>
        <dl class="table">
          <div><dt>${details.backend}</dt><dd>${details.backends[checked.backend]}</dd></div>
          <div><dt>${details.bundle}</dt><dd><code>${manifest.id}</code></dd></div>
          <div><dt>${details.cut}</dt><dd><code>${manifest.cut}</code></dd></div>
        </dl>
        ${
          manifest.files["CARD.md"]?.public
            ? html`<p><a class="link" href="bundles/${manifest.id}/CARD.md" target="_blank"
                rel="noopener">${details.card}</a></p>`
            : nothing
        }
      </section>
      <button class="button first" type="button" data-testid="details-back" @click=${onBack}>${details.back}</button>
    </div>`;
}

function times({ words: { details }, language }: Say, { milliseconds, agreement }: Checked) {
  const rows: [string, number | null][] = [
    [details.prepare, milliseconds.prepare],
    [details.head, milliseconds.head],
    [details.roundTrip, milliseconds.roundTrip],
    [details.server, agreement.shown.serverMilliseconds],
  ];
  return html`<dl class="table">${rows.map(([name, value]) =>
    value === null ? nothing : html`<div><dt>${name}</dt><dd>${millisecondText(value, language)}</dd></div>`,
  )}</dl>`;
}
