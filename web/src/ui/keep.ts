import { html } from "lit-html";
import { SITES, type Site, siteOf } from "../history/entry.ts";
import type { Say } from "./say.ts";

/** How far keeping a check has come; nothing is kept before it is asked for. */
export type Keeping = "asked" | "keeping" | "kept" | "full" | "refused";

export interface KeepActions {
  readonly onSite: (site: Site | null) => void;
  readonly onKeep: () => void;
}

/** Asks whether the check is to be kept on the phone, and says what came of it. `site` is chosen to begin with. */
export function keepView({ words: { keep, tell } }: Say, keeping: Keeping, site: Site | null, on: KeepActions) {
  if (keeping === "kept") {
    return html`<section class="keep" data-testid="keep" data-state=${keeping}><p role="status" class="firm">${keep.kept}</p></section>`;
  }
  const failed = keeping === "full" || keeping === "refused";
  const choose = ({ currentTarget }: Event) => on.onSite(siteOf((currentTarget as HTMLSelectElement).value));
  return html`
    <section class="keep" data-testid="keep" data-state=${keeping}>
      <h2>${keep.heading}</h2>
      <p>${keep.why}</p>
      <label>${keep.site}
        <select autocomplete="off" data-testid="keep-site" @change=${choose}>
          <option value="">${keep.noSite}</option>
          ${SITES.map((value) => html`<option value=${value} ?selected=${value === site}>${tell.values[value]}</option>`)}
        </select></label>
      <button class="button second" type="button" data-testid="keep-button" ?disabled=${keeping === "keeping"}
        @click=${on.onKeep}>${keeping === "keeping" ? keep.keeping : keep.keep}</button>
      <p role="status" class=${failed ? "note" : "unseen"}>${failed ? keep[keeping] : ""}</p>
    </section>`;
}
