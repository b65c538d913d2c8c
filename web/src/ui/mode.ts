import { html } from "lit-html";
import { MODES, type Mode } from "../app/mode.ts";
import { byteText } from "../i18n/numbers.ts";
import type { Say } from "./say.ts";
import type { Settings } from "./settings.ts";

/** Where checks are computed, to be chosen, each way with what it means. One that this server does not offer says so. */
export function modeView(say: Say, now: Settings, onMode: (mode: Mode) => void) {
  const { modes } = say.words;
  return html`
    <fieldset class="choice"><legend>${modes.heading}</legend>
      ${MODES.map(
        (
          mode,
        ) => html`<label class="explained"><input type="radio" name="mode" value=${mode} .checked=${mode === now.mode}
          ?disabled=${mode === "phone" && now.tailBytes === null} data-testid="mode-${mode}"
          @change=${() => onMode(mode)}><span>${modes[mode].name}
            <small>${mode === "phone" ? offer(say, now) : modes[mode].what}</small></span></label>`,
      )}
    </fieldset>`;
}

function offer({ words: { modes }, language }: Say, { tailBytes }: Settings): string {
  if (tailBytes === null) return modes.notOffered;
  const more = tailBytes === undefined ? modes.notKnown : modes.fetches(byteText(tailBytes, language));
  return `${modes.phone.what} ${more}`;
}
