import type { Language } from "./numbers.ts";

/** A day in words; `date` in milliseconds since 1970, shown in the device's own time zone. */
export function dateText(date: number, language: Language): string {
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long" }).format(date);
}
