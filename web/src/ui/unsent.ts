import { html, type TemplateResult } from "lit-html";
import type { Made } from "../app/checked.ts";
import { byteText } from "../i18n/numbers.ts";
import { stayedView, technicalView } from "./details.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";
import { type Saves, sentView } from "./sent.ts";

export interface UnsentActions {
  readonly onSend: () => void;
  readonly onAnother: () => void;
}

/** The end of a dry run: exactly what a check would send, and the sentence that nothing was. */
export function unsentView(say: Say, made: Made, saves: Saves, seen: TemplateResult, on: UnsentActions) {
  const { unsent, details, result } = say.words;
  return html`
    <article class="column details" data-features-sha256=${made.featuresSha256}>
      <div class="panel plain" role="status">${icons.phone()}<h1 tabindex="-1" data-testid="unsent">${unsent.heading}</h1></div>
      <p>${unsent.what}</p>
      <p class="firm">${unsent.noAnswer} ${result.whatever}</p>
      <section><h2>${unsent.would}</h2>${sentView(say, made, saves)}</section>
      ${seen}
      ${stayedView(say, made, details.allStayed)}
      ${technicalView(say, made)}
      <div class="buttons">
        <button class="button first" type="button" data-testid="another" @click=${on.onAnother}>${result.another}</button>
        <button class="button second" type="button" data-testid="send-now"
          @click=${on.onSend}>${icons.send()}<span>${unsent.send(byteText(made.request.body.length, say.language))}</span></button>
      </div>
    </article>`;
}
