/** Numbers as people say them, with no more digits than were earned. */

export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

/** "about one in five was", a share in small numbers. `share` 0..1. */
export function oneIn(share: number, language: Language): string {
  const few = Math.round(1 / share);
  const close = few >= 2 && few <= 20 && Math.abs(1 / few - share) <= 0.1 * share;
  if (!close) {
    const percent = `${Math.round(share * 100)}%`;
    return language === "ko" ? `약 ${percent}가` : `about ${percent} were`;
  }
  if (language === "ko") return `약 ${few}장 중 1장이`;
  return `about one in ${SPELLED[few] ?? few} was`;
}

const SPELLED: Readonly<Record<number, string>> = {
  2: "two",
  3: "three",
  4: "four",
  5: "five",
  6: "six",
  7: "seven",
  8: "eight",
  9: "nine",
  10: "ten",
};

/** A probability 0..1 in whole percent, and whether it lies beyond what whole percent can say. */
export interface Percent {
  readonly text: string;
  readonly beyond: "less" | "more" | null;
}

export function percent(probability: number): Percent {
  if (probability < 0.01) return { text: "1%", beyond: "less" };
  if (probability > 0.99) return { text: "99%", beyond: "more" };
  return { text: `${Math.round(probability * 100)}%`, beyond: null };
}

/** Both probabilities, so that the two whole numbers always add up to a hundred. */
export function percentPair(malignant: number): { readonly malignant: Percent; readonly benign: Percent } {
  const first = percent(malignant);
  if (first.beyond === "less") return { malignant: first, benign: { text: "99%", beyond: "more" } };
  if (first.beyond === "more") return { malignant: first, benign: { text: "1%", beyond: "less" } };
  return { malignant: first, benign: { text: `${100 - Math.round(malignant * 100)}%`, beyond: null } };
}

/** A share 0..1 as a whole number out of a hundred. */
export function outOfHundred(share: number): string {
  return String(Math.round(Math.min(Math.max(share, 0), 1) * 100));
}

/** How alike two pictures are, 1 for the same, to two places. */
export function likenessText(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
}

export function wholeNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(Math.round(value));
}

/** Exact for small amounts, rounded for downloads. */
export function byteText(bytes: number, language: Language): string {
  if (bytes < 100_000) {
    const number = wholeNumber(bytes, language);
    return language === "ko" ? `${number}바이트` : `${number} ${bytes === 1 ? "byte" : "bytes"}`;
  }
  const megabytes = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${megabytes.format(bytes / 1_000_000)} MB`;
}

export function millisecondText(milliseconds: number, language: Language): string {
  const rounded = milliseconds < 1 ? "< 1" : wholeNumber(milliseconds, language);
  return language === "ko" ? `${rounded}밀리초` : `${rounded} ms`;
}
