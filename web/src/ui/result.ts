import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Checked } from "../app/checked.ts";
import type { Source } from "../capture/photo.ts";
import type { Judged } from "../contract/answer.ts";
import { byteText } from "../i18n/numbers.ts";
import { doctorView } from "./doctor.ts";
import { estimate } from "./estimate.ts";
import { frequencyText } from "./frequency.ts";
import * as icons from "./icons.ts";
import { kindView } from "./kind.ts";
import { measured } from "./measured.ts";
import { prevalenceView } from "./prevalence.ts";
import type { Say } from "./say.ts";

/** What the result screen shows; `assumed` is the "one in so many" of the what-if, null where none is chosen. */
export interface Shown {
  readonly checked: Checked;
  readonly source: Source;
  readonly assumed: number | null;
  /** How many photos of the mole were looked at. */
  readonly photos: number;
  /** The question whether to keep the check. */
  readonly keep: TemplateResult;
}

export interface ResultActions {
  readonly draw: (canvas: HTMLCanvasElement) => void;
  readonly onAssume: (many: number | null) => void;
  readonly onDetails: () => void;
  readonly onAnother: () => void;
}

/** The answer first, in words; then numbers, how far to trust them, and what to do in any case. */
export function resultView(say: Say, shown: Shown, on: ResultActions) {
  const { result } = say.words;
  const { checked } = shown;
  const { manifest, backend, featuresSha256 } = checked.made;
  const { shown: answer, verdict } = checked.answered.agreement;
  const amber = verdict === "suspicious" || checked.answered.agreement.suspicious > 0;
  const declined = answer.decision === "cannot_tell";
  return html`
    <article class="column result" data-bundle=${manifest.id} data-backend=${backend}
      data-features-sha256=${featuresSha256} data-place=${checked.place}>
      <div class="top">
        <div class="panel ${amber ? "amber" : "plain"}" role="status">
          ${amber ? icons.seeDoctor() : ICONS[verdict]()}
          <h1 tabindex="-1" data-testid="answer" data-decision=${verdict}>${answerText(say, shown)}</h1>
        </div>
        <canvas class="square" width="640" height="640" role="img" aria-label=${result.photo}
          ${ref((element) => element instanceof HTMLCanvasElement && on.draw(element))}></canvas>
        <p class="firm">${declined ? result.cannotTellWhy : result.notDiagnosis}</p>
        <div class="numbers-and-limits">
          ${together(say, shown)}
          ${declined ? html`<p>${result.cannotTellTodo}</p>${buttons(say, declined, on)}` : numbers(say, answer, shown, on)}
        </div>
      </div>
      <div class="sections">
        ${
          answer.decision === "cannot_tell"
            ? nothing
            : html`<section><h2>${result.sure}</h2>${measured(say, manifest, answer.operatingPoint, answer.domain)}</section>`
        }
        ${doctorView(say)}
        ${shown.keep}
        ${sentView(say, checked)}
      </div>
      ${declined ? nothing : buttons(say, declined, on)}
    </article>`;
}

const ICONS = {
  suspicious: icons.seeDoctor,
  not_suspicious: icons.keepWatching,
  cannot_tell: icons.obstacle,
  mixed: icons.obstacle,
} as const;

function answerText({ words: { result } }: Say, { checked, photos }: Shown): string {
  const { verdict, suspicious } = checked.answered.agreement;
  if (verdict === "not_suspicious" && photos > 1) return result.noneSuspicious;
  if (verdict === "mixed" && suspicious > 0) return result.mixedSuspicious;
  return result.answers[verdict];
}

/** What the photos say together, and which of them the numbers are of. */
function together({ words: { result } }: Say, { checked, photos }: Shown) {
  if (photos < 2) return nothing;
  const { verdict, suspicious } = checked.answered.agreement;
  return html`<p data-testid="together" data-photos=${photos} data-suspicious=${suspicious}>
    ${verdict === "mixed" ? result.disagreed(suspicious, photos) : result.agreed(photos)}
    ${verdict === "cannot_tell" ? nothing : result.worstShown}</p>`;
}

function numbers(say: Say, answer: Judged, { source, assumed }: Shown, on: ResultActions) {
  return html`
    ${kindView(say, answer.domain, source)}
    ${estimate(say, answer)}
    <p class="firm" data-testid="frequency">${frequencyText(say, answer.malignant)}</p>
    ${prevalenceView(say, answer, assumed, on.onAssume)}`;
}

function buttons({ words: { result } }: Say, declined: boolean, on: ResultActions) {
  return html`
    <div class="buttons side">
      <button class="button first" type="button" data-testid="another"
        @click=${on.onAnother}>${declined ? result.again : result.another}</button>
      <button class="button second" type="button" data-testid="details-button"
        @click=${on.onDetails}>${result.how}</button>
    </div>`;
}

function sentView({ words: { result }, language }: Say, { place, made: { request, metadata } }: Checked) {
  if (place === "phone") {
    return html`<section><h2>${result.sentHeading}</h2><p data-testid="nothing-sent">${result.notSent}</p></section>`;
  }
  const bytes = byteText(request.body.length, language);
  return html`<section><h2>${result.sentHeading}</h2>
    <p data-testid="bytes-sent" data-value=${request.body.length}>
      ${metadata === null ? result.sent(bytes) : result.sentAndTold(bytes)}</p>
  </section>`;
}
