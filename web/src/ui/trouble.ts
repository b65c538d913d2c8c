import { html, nothing, type TemplateResult } from "lit-html";
import type { Trouble } from "../contract/trouble.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

/** What can be done about a trouble: one button that does it, and others that lead round it. */
export interface Ways {
  readonly first: { readonly label: string; readonly onPress: () => void } | null;
  readonly second: { readonly label: string; readonly onPress: () => void };
  /** Ways to a photo, where the trouble is with the camera or the file. */
  readonly photo: TemplateResult | null;
  readonly photoKept: boolean;
}

export function troubleView({ words: { trouble } }: Say, it: Trouble, ways: Ways) {
  const [what, todo] = trouble.kinds[it.kind];
  return html`
    <div class="column" role="alert" data-trouble=${it.kind}>
      <div class="panel plain">${icons.obstacle()}<h1 tabindex="-1">${what}</h1></div>
      <p class="lead">${todo}</p>
      ${ways.photoKept ? html`<p>${trouble.kept}</p>` : nothing}
      <div class="buttons">
        ${
          ways.first === null
            ? nothing
            : html`<button class="button first" type="button" data-testid="trouble-action"
                @click=${ways.first.onPress}>${ways.first.label}</button>`
        }
        ${ways.photo ?? nothing}
        <button class="button quiet-button" type="button" data-testid="trouble-leave"
          @click=${ways.second.onPress}>${ways.second.label}</button>
      </div>
      ${it.requestId === null ? nothing : html`<p class="quietly">${trouble.reference} <code>${it.requestId}</code></p>`}
    </div>`;
}
