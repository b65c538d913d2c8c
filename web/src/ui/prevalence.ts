import { html, nothing } from "lit-html";
import type { Judged } from "../contract/answer.ts";
import { shiftPrevalence } from "../contract/prevalence.ts";
import { percent } from "../i18n/numbers.ts";
import { inWords } from "./estimate.ts";
import type { Say } from "./say.ts";

/** "One in so many" that may be assumed. No rarer: a mole that worries somebody is no mole picked at random. */
const ONE_IN = [5, 10, 20, 50, 100];

/** The assumptions on offer, as "one in so many": clearly rarer than what the answer was calibrated for. */
export function rarer(prevalence: number): number[] {
  return prevalence > 0 && prevalence < 1 ? ONE_IN.filter((many) => 1 / many < 0.8 * prevalence) : [];
}

/** For which pictures the numbers hold, and what they would be were malignant ones rarer. `assumed` is one in so many. */
export function prevalenceView(
  say: Say,
  answer: Judged,
  assumed: number | null,
  onAssume: (many: number | null) => void,
) {
  const { result } = say.words;
  const { domain, prevalence, malignant } = answer;
  const choices = rarer(prevalence);
  const choose = ({ currentTarget }: Event) => onAssume(Number((currentTarget as HTMLSelectElement).value) || null);
  return html`
    <p class="quietly" data-testid="prevalence">${domain === null ? result.prevalence(prevalence) : result.prevalenceOf[domain](prevalence)}</p>
    ${
      choices.length === 0
        ? nothing
        : html`<details class="more" data-testid="assume">
            <summary>${result.assume}</summary>
            <label>${result.assumeLabel}
              <select autocomplete="off" data-testid="assume-prevalence" @change=${choose}>
                <option value="" ?selected=${assumed === null}>${result.assumeNone}</option>
                ${choices.map((many) => html`<option value=${many} ?selected=${many === assumed}>${result.assumeOneIn(many)}</option>`)}
              </select></label>
            ${assumed === null ? nothing : shifted(say, shiftPrevalence(malignant, prevalence, 1 / assumed))}
            <p class="quietly">${result.assumeLimits}</p>
          </details>`
    }`;
}

function shifted(say: Say, malignant: number) {
  return html`<p role="status" class="firm" data-testid="p-shifted" data-value=${malignant}>
    ${say.words.result.assumed(inWords(say, percent(malignant)))}</p>`;
}
