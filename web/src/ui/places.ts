import { html, nothing, type TemplateResult } from "lit-html";
import type { Answered, Made, Place } from "../app/checked.ts";
import { MODES, type Mode } from "../app/mode.ts";
import { byteText, millisecondText, percent } from "../i18n/numbers.ts";
import { inWords } from "./estimate.ts";
import type { Say } from "./say.ts";

/** What the tail on this phone came to, where it was asked to compute the same numbers too. */
export type Again =
  | { readonly at: "not_asked" }
  | { readonly at: "doing"; readonly loaded: number; readonly total: number }
  | { readonly at: "failed" }
  | { readonly at: "done"; readonly answered: Answered };

/** The three ways to compute a check, side by side. */
export interface Places {
  readonly made: Made;
  /** Where this check was computed, null where a dry run ended before that, and what came of it. */
  readonly place: Place | null;
  readonly answered: Answered | null;
  /** Bytes of the tail that a phone may fetch, null where the bundle carries none. */
  readonly tailBytes: number | null;
  readonly again: Again;
  /** Computes the tail on this phone too, to compare. */
  readonly onAgain: () => void;
}

const MODE_OF: Readonly<Record<Place, Mode>> = { server: "split", phone: "phone" };

export function placesView(say: Say, places: Places) {
  const { details } = say.words;
  const here = places.place === null ? "dry" : MODE_OF[places.place];
  return html`
    <section data-testid="places"><h2>${details.places}</h2>
      <p>${details.placesWhat}</p>
      ${MODES.map(
        (mode) => html`<div class="place" data-mode=${mode}>
          <p class="firm">${say.words.modes[mode].name}${mode === here ? html` <span class="tag">${details.thisCheck}</span>` : nothing}</p>
          ${rows(say, mode, mode === here, places)}
        </div>`,
      )}
    </section>`;
}

function rows(say: Say, mode: Mode, here: boolean, places: Places): TemplateResult {
  const { details } = say.words;
  const bytes = mode === "split" ? byteText(places.made.request.body.length, say.language) : details.nothingLeaves;
  return html`
    <dl class="table">
      <div><dt>${details.leaves}</dt><dd>${bytes}</dd></div>
      ${here && places.answered !== null ? outcome(say, mode, places.answered) : nothing}
      ${mode === "phone" && places.again.at === "done" ? outcome(say, mode, places.again.answered) : nothing}
    </dl>
    ${mode === "phone" && !here ? again(say, places) : nothing}`;
}

function outcome(say: Say, mode: Mode, { agreement: { shown }, milliseconds }: Answered) {
  const { details, result } = say.words;
  const malignant =
    shown.decision === "cannot_tell"
      ? nothing
      : html`<div><dt>${result.malignant}</dt><dd data-testid="place-malignant"
          data-value=${shown.malignant}>${inWords(say, percent(shown.malignant))}</dd></div>`;
  return html`
    <div><dt>${mode === "split" ? details.wayAndTail : details.tailTook}</dt><dd>${millisecondText(milliseconds, say.language)}</dd></div>
    <div><dt>${details.said}</dt><dd>${say.words.history.verdicts[shown.decision]}</dd></div>
    ${malignant}`;
}

function again(say: Say, { tailBytes, again, onAgain, answered }: Places) {
  const { details } = say.words;
  if (tailBytes === null) return html`<p class="quietly">${details.notOffered}</p>`;
  if (answered === null || again.at === "done") return nothing;
  if (again.at === "doing") {
    return html`<p role="status">${details.againDoing}</p>
      ${again.total > 0 ? html`<progress max=${again.total} value=${again.loaded} aria-label=${details.againDoing}></progress>` : nothing}`;
  }
  return html`
    ${again.at === "failed" ? html`<p class="note" role="status">${details.againFailed}</p>` : nothing}
    <button class="button second" type="button" data-testid="again-here" @click=${onAgain}>${details.again(byteText(tailBytes, say.language))}</button>`;
}
