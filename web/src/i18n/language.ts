/** Which language the page speaks: the address, then what was chosen before, then what the browser prefers. */

import { en, type Words } from "./en.ts";
import { ko } from "./ko.ts";
import { LANGUAGES, type Language } from "./numbers.ts";

const DICTIONARIES: Readonly<Record<Language, Words>> = { en, ko };
const KEY = "dermsplit.language";

export function wordsOf(language: Language): Words {
  return DICTIONARIES[language];
}

export function otherLanguage(language: Language): Language {
  return language === "en" ? "ko" : "en";
}

/** The first of the wishes that names a language the page has ("ko-KR" names Korean), English where none does. */
export function chooseLanguage(wishes: readonly (string | null)[]): Language {
  for (const wish of wishes) {
    const short = wish?.toLowerCase().split("-")[0];
    const found = LANGUAGES.find((language) => language === short);
    if (found !== undefined) return found;
  }
  return "en";
}

export function firstLanguage(address: URLSearchParams): Language {
  return chooseLanguage([address.get("lang"), remembered(), ...navigator.languages]);
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is refused in some private windows; the choice then holds for this visit.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
