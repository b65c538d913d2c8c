import { html } from "lit-html";

/** How far a deletion has come: not wanted yet, asked about, or refused by the browser. */
export type Removing = "no" | "asked" | "failed";

/** A question before something that cannot be undone. */
export function confirmView(question: string, yes: string, no: string, onYes: () => void, onNo: () => void) {
  return html`
    <div class="panel amber confirm" role="alert">
      <p class="firm">${question}</p>
      <div class="buttons">
        <button class="button second" type="button" data-testid="confirm-yes" @click=${onYes}>${yes}</button>
        <button class="button first" type="button" data-testid="confirm-no" @click=${onNo}>${no}</button>
      </div>
    </div>`;
}
