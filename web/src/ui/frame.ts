import { html, type TemplateResult } from "lit-html";
import type { Say } from "./say.ts";

/** What surrounds every screen: the name, and the language switch, which speaks the other language. */
export function frame({ words, language }: Say, screen: string, content: TemplateResult, onSwitch: () => void) {
  return html`
    <header class="bar">
      <span class="name" translate="no">dermsplit</span>
      <button class="quiet" type="button" data-testid="language-switch" lang=${language === "en" ? "ko" : "en"}
        title=${words.language.switch} @click=${onSwitch}>${words.language.other}</button>
    </header>
    <main class="screen screen-${screen}">${content}</main>`;
}
