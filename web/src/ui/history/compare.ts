import { html, nothing } from "lit-html";
import type { Say } from "../say.ts";
import { facts, pictures } from "./entry.ts";
import { type Kept, nameOf } from "./kept.ts";

/** Which two are shown, by their ids. */
export type Pair = readonly [number, number];

/** Two kept checks side by side, each to be chosen. */
export function compareView(
  say: Say,
  kept: readonly Kept[],
  pair: Pair,
  onPair: (pair: Pair) => void,
  onBack: () => void,
) {
  const { history } = say.words;
  const [first, second] = pair;
  return html`
    <div class="column wide" data-testid="compare">
      <h1 tabindex="-1">${history.compareHeading}</h1>
      <div class="beside">
        ${half(say, kept, history.first, first, "compare-first", (id) => onPair([id, second]))}
        ${half(say, kept, history.second, second, "compare-second", (id) => onPair([first, id]))}
      </div>
      <p class="firm">${history.change}</p>
      <button class="button first" type="button" data-testid="history-back" @click=${onBack}>${history.back}</button>
    </div>`;
}

function half(say: Say, kept: readonly Kept[], label: string, id: number, testId: string, onId: (id: number) => void) {
  const shown = kept.find(({ entry }) => entry.id === id);
  const choose = ({ currentTarget }: Event) => onId(Number((currentTarget as HTMLSelectElement).value));
  return html`
    <section>
      <label>${label}
        <select autocomplete="off" data-testid=${testId} @change=${choose}>
          ${kept.map(({ entry }) => html`<option value=${entry.id} ?selected=${entry.id === id}>${nameOf(say, entry)}</option>`)}
        </select></label>
      ${shown === undefined ? nothing : html`${pictures(say, shown)}${facts(say, shown)}`}
    </section>`;
}
