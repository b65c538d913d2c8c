import { html } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Checked } from "../app/checked.ts";
import { byteText } from "../i18n/numbers.ts";
import { estimate } from "./estimate.ts";
import * as icons from "./icons.ts";
import { measured } from "./measured.ts";
import type { Say } from "./say.ts";

export interface ResultActions {
  readonly onDetails: () => void;
  readonly onAnother: () => void;
}

/** The answer first, in words; then numbers, how far to trust them, and what to do in any case. */
export function resultView(say: Say, checked: Checked, draw: (canvas: HTMLCanvasElement) => void, on: ResultActions) {
  const { result } = say.words;
  const { answer, manifest, request } = checked;
  const suspicious = answer.decision === "suspicious";
  return html`
    <article class="column result" data-bundle=${manifest.id} data-backend=${checked.backend}
      data-features-sha256=${checked.featuresSha256}>
      <div class="top">
        <div class="panel ${suspicious ? "amber" : "plain"}" role="status">
          ${suspicious ? icons.seeDoctor() : icons.keepWatching()}
          <h1 tabindex="-1" data-testid="answer" data-decision=${answer.decision}>
            ${suspicious ? result.suspicious : result.notSuspicious}</h1>
        </div>
        <canvas class="square" width="640" height="640" role="img" aria-label=${result.photo}
          ${ref((element) => element instanceof HTMLCanvasElement && draw(element))}></canvas>
        <p class="firm">${result.notDiagnosis}</p>
        <div class="numbers-and-limits">
          ${estimate(say, answer)}
          <p class="quietly">${result.prevalence(manifest.prevalence)}</p>
        </div>
      </div>
      <div class="sections">
        <section><h2>${result.sure}</h2>${measured(say, manifest, answer.operatingPoint)}</section>
        <section><h2>${result.doctor}</h2>
          <p class="firm">${result.whatever}</p>
          <p>${result.abcdeLead}</p>
          <dl class="abcde">${result.abcde.map(
            ([letter, name, meaning]) =>
              html`<div><dt><span class="letter" aria-hidden="true">${letter}</span>${name}</dt><dd>${meaning}</dd></div>`,
          )}</dl>
        </section>
        <section><h2>${result.sentHeading}</h2>
          <p data-testid="bytes-sent" data-value=${request.body.length}>
            ${result.sent(byteText(request.body.length, say.language))}</p>
        </section>
      </div>
      <div class="buttons side">
        <button class="button first" type="button" data-testid="another" @click=${on.onAnother}>${result.another}</button>
        <button class="button second" type="button" data-testid="details-button"
          @click=${on.onDetails}>${result.how}</button>
      </div>
    </article>`;
}
