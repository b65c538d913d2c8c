import { html, nothing } from "lit-html";
import type { Told } from "../contract/metadata.ts";
import { byteText, wholeNumber } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";
import { wordFor } from "./tell.ts";

/** Exactly what was sent of what the person told: in words, and as the numbers float32 [M] that it became. */
export function toldView({ words: { details, tell }, language }: Say, told: Told, metadata: Float32Array) {
  const rows: [string, string | null][] = [
    [tell.age, told.age === null ? null : wholeNumber(told.age, language)],
    [tell.sex, told.sex === null ? null : wordFor(tell.values, told.sex)],
    [tell.site, told.site === null ? null : wordFor(tell.values, told.site)],
  ];
  const numbers = [...metadata].map((value) => Number(value.toFixed(2))).join(" ");
  return html`
    <p>${details.told(byteText(metadata.byteLength, language))}</p>
    <dl class="table" data-testid="told">
      ${rows.map(([name, value]) => (value === null ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}
      <div><dt>${details.toldNumbers}</dt><dd><code data-testid="told-numbers">${numbers}</code></dd></div>
    </dl>`;
}
