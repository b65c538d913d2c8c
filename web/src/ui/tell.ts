import { html, nothing } from "lit-html";
import { type MetadataField, NOTHING_TOLD, OLDEST, readAge, type Told } from "../contract/metadata.ts";
import type { Say } from "./say.ts";

/**
 * What may be told beside the photo, and need not be. `before` fills the fields when the screen comes on; from then on
 * they hold what was put in, and `onTell` hears of it.
 */
export function tellView(
  say: Say,
  fields: readonly MetadataField[],
  before: Told,
  onTell: (more: Partial<Told>) => void,
) {
  if (fields.length === 0) return nothing;
  const { tell } = say.words;
  return html`
    <details class="more" data-testid="tell" ?open=${before !== NOTHING_TOLD}>
      <summary>${tell.heading}</summary>
      <p class="quietly">${tell.why}</p>
      <div class="fields">
        ${fields.map((field) => (field.name === "age" ? ageField(say, before.age, onTell) : wordField(say, field, before, onTell)))}
      </div>
    </details>`;
}

function ageField({ words: { tell } }: Say, before: number | null, onTell: (more: Partial<Told>) => void) {
  const read = ({ currentTarget }: Event) => {
    const input = currentTarget as HTMLInputElement;
    // A number field gives an empty text for what is no number at all.
    const age = input.validity.badInput ? "wrong" : readAge(input.value);
    input.setAttribute("aria-invalid", String(age === "wrong"));
    onTell({ age: age === "wrong" ? null : age });
  };
  return html`<label>${tell.age}
    <input type="number" inputmode="numeric" min="0" max=${OLDEST} step="1" autocomplete="off" data-testid="tell-age"
      aria-errormessage="age-wrong" value=${before ?? ""} @input=${read}>
    <small id="age-wrong">${tell.ageWrong}</small></label>`;
}

function wordField(
  { words: { tell } }: Say,
  { name, values }: MetadataField,
  before: Told,
  onTell: (more: Partial<Told>) => void,
) {
  if (name === "age") return nothing;
  const choose = ({ currentTarget }: Event) => onTell({ [name]: (currentTarget as HTMLSelectElement).value || null });
  return html`<label>${tell[name]}
    <select autocomplete="off" data-testid=${`tell-${name}`} @change=${choose}>
      <option value="">${tell.rather}</option>
      ${values.map((value) => html`<option value=${value} ?selected=${value === before[name]}>${wordFor(tell.values, value)}</option>`)}
    </select></label>`;
}

/** The language's word for a value of a field, or the value itself where the dictionary does not know it. */
export function wordFor(words: Readonly<Record<string, string>>, value: string): string {
  return words[value] ?? value.replaceAll("_", " ");
}
