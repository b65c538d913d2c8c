import { html, nothing } from "lit-html";
import { dateText } from "../../i18n/dates.ts";
import { percent } from "../../i18n/numbers.ts";
import { confirmView, type Removing } from "../confirm.ts";
import { inWords } from "../estimate.ts";
import type { Say } from "../say.ts";
import { type Kept, siteText } from "./kept.ts";

export interface EntryActions {
  readonly onCompare: (() => void) | null;
  readonly onAskRemove: () => void;
  readonly onRemove: () => void;
  readonly onKeep: () => void;
  readonly onBack: () => void;
}

/** One kept check. Deleting it asks first, and says so where it failed. */
export function entryView(say: Say, kept: Kept, removing: Removing, on: EntryActions) {
  const { history } = say.words;
  return html`
    <article class="column" data-testid="entry" data-verdict=${kept.entry.verdict}>
      <h1 tabindex="-1">${dateText(kept.entry.date, say.language)}</h1>
      ${pictures(say, kept)}
      ${facts(say, kept)}
      <p class="quietly">${history.atThatTime}</p>
      <p class="firm">${history.change}</p>
      ${
        removing === "asked"
          ? confirmView(history.reallyRemove, history.yesRemove, history.noRemove, on.onRemove, on.onKeep)
          : html`<div class="buttons">
              ${
                on.onCompare === null
                  ? nothing
                  : html`<button class="button second" type="button" data-testid="compare-this"
                      @click=${on.onCompare}>${history.compareThis}</button>`
              }
              <button class="button second" type="button" data-testid="remove"
                @click=${on.onAskRemove}>${history.remove}</button>
              <button class="button first" type="button" data-testid="history-back"
                @click=${on.onBack}>${history.back}</button>
            </div>
            ${removing === "failed" ? html`<p class="note" role="status" data-testid="not-removed">${history.notRemoved}</p>` : nothing}`
      }
    </article>`;
}

export function pictures({ words: { history } }: Say, { urls }: Kept) {
  return html`<div class="shots">${urls.map((url) => html`<img class="square" src=${url} alt=${history.photo}>`)}</div>`;
}

/** Date, place, answer and bundle of a check. */
export function facts(say: Say, { entry }: Kept) {
  const { history } = say.words;
  return html`
    <dl class="facts-list">
      <div><dt>${history.date}</dt><dd>${dateText(entry.date, say.language)}</dd></div>
      <div><dt>${history.site}</dt><dd>${siteText(say, entry)}</dd></div>
      <div><dt>${history.answer}</dt><dd><strong>${history.verdicts[entry.verdict]}</strong>
        ${entry.malignant === null ? nothing : html`<br>${history.estimate(inWords(say, percent(entry.malignant)))}`}</dd></div>
      <div><dt>${history.bundle}</dt><dd><code>${entry.bundle}</code></dd></div>
    </dl>`;
}
