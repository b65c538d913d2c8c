import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Checked, Made } from "../app/checked.ts";
import { millisecondText, wholeNumber } from "../i18n/numbers.ts";
import { drawInput } from "./picture.ts";
import { type Places, placesView } from "./places.ts";
import type { Say } from "./say.ts";
import { type Saves, save, sentView } from "./sent.ts";

/** Of the screen, what changes while it is on: what the server could see, and where else it can be computed. */
export interface Parts {
  readonly seen: TemplateResult;
  readonly places: Places;
}

/** How a check worked: what stayed, what was sent, what came back, where and how long it was computed. */
export function detailsView(say: Say, checked: Checked, saves: Saves, parts: Parts, onBack: () => void) {
  const { details } = say.words;
  const { made, place } = checked;
  const sent = place === "server";
  return html`
    <div class="column details" data-place=${place}>
      <h1 tabindex="-1">${details.heading}</h1>
      <p>${details.way[place]}</p>
      ${stayedView(say, made, sent ? details.stayedText : details.allStayed)}
      <section><h2>${sent ? details.sent : details.notSent}</h2>
        ${sent ? nothing : html`<p class="firm" data-testid="not-sent">${details.notSentText}</p>`}
        ${sentView(say, made, saves)}
      </section>
      ${parts.seen}
      ${replyView(say, checked, saves)}
      ${placesView(say, parts.places)}
      <section><h2>${details.time}</h2>${times(say, checked)}</section>
      ${technicalView(say, made)}
      <button class="button first" type="button" data-testid="details-back" @click=${onBack}>${details.back}</button>
    </div>`;
}

/** The square that the network saw of each photo, and the sentence that it stayed. */
export function stayedView({ words: { details }, language }: Say, { inputs, manifest }: Made, sentence: string) {
  const { size } = manifest.input;
  return html`
    <section><h2>${details.stayed}</h2>
      <p data-testid="stayed">${sentence}</p>
      <figure>
        <div class="thumbs">${inputs.map(
          (input) => html`<canvas class="square small" role="img" aria-label=${details.inputPicture}
            ${ref((element) => element instanceof HTMLCanvasElement && drawInput(element, input, size))}></canvas>`,
        )}</div>
        <figcaption>${details.input(wholeNumber(size, language))}</figcaption>
      </figure>
    </section>`;
}

/** For those who want to know exactly. */
export function technicalView({ words: { details } }: Say, { backend, manifest }: Made): TemplateResult {
  return html`
    <section><h2>${details.technical}</h2>
      <dl class="table">
        <div><dt>${details.backend}</dt><dd>${details.backends[backend]}</dd></div>
        <div><dt>${details.bundle}</dt><dd><code>${manifest.id}</code></dd></div>
        <div><dt>${details.cut}</dt><dd><code>${manifest.cut}</code></dd></div>
      </dl>
      ${
        manifest.files["CARD.md"]?.public
          ? html`<p><a class="link" href="bundles/${manifest.id}/CARD.md" target="_blank"
              rel="noopener">${details.card}</a></p>`
          : nothing
      }
    </section>`;
}

function replyView({ words: { details } }: Say, { made, place, answered }: Checked, saves: Saves) {
  return html`
    <section><h2>${details.reply[place]}</h2>
      <details class="more" data-testid="reply">
        <summary>${details.replyShow}</summary>
        <pre tabindex="0" role="region" aria-label=${details.reply[place]} data-testid="reply-json">${indented(answered.reply)}</pre>
      </details>
      ${saves.reply === null ? nothing : save(details.downloadReply, saves.reply, `reply-${made.manifest.id}.json`, "reply-download")}
    </section>`;
}

/** JSON with a line for each field; the text as it is where it is none. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

function times({ words: { details }, language }: Say, { made: { milliseconds }, place, answered }: Checked) {
  const rows: [string, number | null][] = [
    [details.prepare, milliseconds.prepare],
    [details.head, milliseconds.head],
    [place === "server" ? details.roundTrip : details.tailHere, answered.milliseconds],
    [details.server, place === "server" ? answered.agreement.shown.serverMilliseconds : null],
  ];
  return html`<dl class="table">${rows.map(([name, value]) =>
    value === null ? nothing : html`<div><dt>${name}</dt><dd>${millisecondText(value, language)}</dd></div>`,
  )}</dl>`;
}
