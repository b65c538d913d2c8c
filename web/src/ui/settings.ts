import { html, nothing, type TemplateResult } from "lit-html";
import type { Mode } from "../app/mode.ts";
import { wordsOf } from "../i18n/language.ts";
import { byteText, LANGUAGES, type Language, wholeNumber } from "../i18n/numbers.ts";
import { confirmView, type Removing } from "./confirm.ts";
import * as icons from "./icons.ts";
import { modeView } from "./mode.ts";
import type { Say } from "./say.ts";
import { THEMES, type Theme } from "./theme.ts";

export interface Settings {
  readonly theme: Theme;
  readonly mode: Mode;
  /** Bytes of the tail that this phone would fetch, null where none is offered, undefined where that is not known yet. */
  readonly tailBytes: number | null | undefined;
  /** How many checks are kept, and the bytes of their photos. */
  readonly checks: number;
  readonly bytes: number;
  readonly removing: Removing;
}

export interface SettingsActions {
  readonly onLanguage: (language: Language) => void;
  readonly onTheme: (theme: Theme) => void;
  readonly onMode: (mode: Mode) => void;
  readonly onExport: () => void;
  readonly onAskRemove: () => void;
  readonly onRemove: () => void;
  readonly onKeep: () => void;
  readonly onBack: () => void;
}

export function settingsView(say: Say, now: Settings, on: SettingsActions) {
  const { settings } = say.words;
  return html`
    <div class="column settings">
      <h1 tabindex="-1">${settings.heading}</h1>
      ${choice(settings.language, "language", LANGUAGES, say.language, (it) => wordsOf(it).language.name, on.onLanguage)}
      ${choice(settings.theme, "theme", THEMES, now.theme, (it) => settings.themes[it], on.onTheme)}
      ${modeView(say, now, on.onMode)}
      <section><h2>${settings.storage}</h2>${storage(say, now, on)}</section>
      <button class="button first" type="button" data-testid="settings-back" @click=${on.onBack}>${settings.back}</button>
    </div>`;
}

function choice<T extends string>(
  legend: string,
  name: string,
  values: readonly T[],
  chosen: T,
  text: (value: T) => string,
  onChoose: (value: T) => void,
): TemplateResult {
  return html`
    <fieldset class="choice"><legend>${legend}</legend>
      ${values.map(
        (value) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen}
          data-testid="${name}-${value}" @change=${() => onChoose(value)}><span>${text(value)}</span></label>`,
      )}
    </fieldset>`;
}

function storage({ words: { settings, history }, language }: Say, now: Settings, on: SettingsActions) {
  const used = settings.used(wholeNumber(now.checks, language), byteText(now.bytes, language));
  const text = html`<p data-testid="storage" data-checks=${now.checks} data-bytes=${now.bytes}>${now.checks === 0 ? settings.nothing : used}</p>`;
  if (now.checks === 0) return text;
  return html`${text}
    <p class="quietly">${settings.mayVanish}</p>
    ${
      now.removing === "asked"
        ? confirmView(settings.reallyRemoveAll, history.yesRemove, history.noRemove, on.onRemove, on.onKeep)
        : html`<div class="buttons">
            <button class="button second" type="button" data-testid="export" @click=${on.onExport}>${icons.save()}<span>${history.exportAll}</span></button>
            <button class="button second" type="button" data-testid="remove-all" @click=${on.onAskRemove}>${settings.removeAll}</button>
          </div>`
    }
    ${now.removing === "failed" ? html`<p class="note" role="status">${settings.notRemoved}</p>` : nothing}`;
}
