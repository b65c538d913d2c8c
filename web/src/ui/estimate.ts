import { html, svg } from "lit-html";
import type { Judged } from "../contract/answer.ts";
import { type Percent, percent, percentPair } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";

/** The two probabilities as one bar with numbers and words, and the line from which the advice changes. */
export function estimate(say: Say, answer: Judged) {
  const { result } = say.words;
  const pair = percentPair(answer.malignant);
  const malignant = (answer.malignant * 100).toFixed(2);
  const threshold = answer.threshold * 100;
  return html`
    <section class="estimate">
      <h2>${result.numbers}</h2>
      <svg class="probabilities" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<rect class="benign" x="0" y="2" width="100" height="6"/>
          <rect class="malignant" x="0" y="2" width=${malignant} height="6"/>
          <rect class="threshold" x=${(threshold - 0.25).toFixed(2)} y="0" width="0.5" height="10"/>`}
      </svg>
      <dl class="numbers">
        <div class="malignant"><dt>${result.malignant} <small>${result.malignantMeans}</small></dt>
          <dd data-testid="p-malignant" data-value=${answer.malignant}>${inWords(say, pair.malignant)}</dd></div>
        <div class="benign"><dt>${result.benign} <small>${result.benignMeans}</small></dt>
          <dd data-testid="p-benign" data-value=${answer.benign}>${inWords(say, pair.benign)}</dd></div>
      </dl>
      <p class="quietly">${result.threshold(inWords(say, percent(answer.threshold)))}</p>
    </section>`;
}

export function inWords({ words: { result } }: Say, { text, beyond }: Percent): string {
  if (beyond === "less") return result.lessThan(text);
  if (beyond === "more") return result.moreThan(text);
  return text;
}
