import { html, nothing } from "lit-html";
import { dateText } from "../../i18n/dates.ts";
import type { Say } from "../say.ts";
import { type Kept, siteText } from "./kept.ts";

export interface ListActions {
  readonly onOpen: (kept: Kept) => void;
  readonly onCompare: () => void;
}

/** What is kept, the newest first; nothing at all where nothing is. */
export function historyList(say: Say, kept: readonly Kept[], on: ListActions) {
  const { history } = say.words;
  if (kept.length === 0) return nothing;
  return html`
    <section class="history" data-testid="history" data-count=${kept.length}>
      <h2>${history.heading}</h2>
      <ul class="kept">
        ${kept.map(
          (it) => html`<li><button class="card" type="button" data-testid="history-entry"
            @click=${() => on.onOpen(it)}>
              <img src=${it.urls[0] ?? ""} alt="" width="64" height="64">
              <span><strong>${dateText(it.entry.date, say.language)}</strong>
                <span>${siteText(say, it.entry)}</span>
                <span>${history.verdicts[it.entry.verdict]}</span></span>
            </button></li>`,
        )}
      </ul>
      ${
        kept.length < 2
          ? nothing
          : html`<button class="button second" type="button" data-testid="compare-button"
              @click=${on.onCompare}>${history.compare}</button>`
      }
    </section>`;
}
