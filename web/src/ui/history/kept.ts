import type { Entry } from "../../history/entry.ts";
import { dateText } from "../../i18n/dates.ts";
import type { Say } from "../say.ts";

/** A kept check, and addresses at which its photos can be shown. */
export interface Kept {
  readonly entry: Entry;
  readonly urls: readonly string[];
}

export function siteText({ words }: Say, { site }: Entry): string {
  return site === null ? words.history.noSite : words.tell.values[site];
}

/** Day and place of a check in one line. */
export function nameOf(say: Say, entry: Entry): string {
  return `${dateText(entry.date, say.language)}, ${siteText(say, entry)}`;
}
