import type { Words } from "../i18n/en.ts";
import type { Language } from "../i18n/numbers.ts";

/** What a view speaks with. */
export interface Say {
  readonly words: Words;
  readonly language: Language;
}
