import { html } from "lit-html";
import type { Say } from "./say.ts";

/** When to see a doctor, whatever the page says. */
export function doctorView({ words: { result } }: Say) {
  return html`<section><h2>${result.doctor}</h2>
    <p class="firm">${result.whatever}</p>
    <p>${result.abcdeLead}</p>
    <dl class="abcde">${result.abcde.map(
      ([letter, name, meaning]) =>
        html`<div><dt><span class="letter" aria-hidden="true">${letter}</span>${name}</dt><dd>${meaning}</dd></div>`,
    )}</dl>
  </section>`;
}
