/** All kept checks as one file that any browser opens and prints, with the pictures in it. */

import { dateText } from "../i18n/dates.ts";
import type { Words } from "../i18n/en.ts";
import { type Language, percent } from "../i18n/numbers.ts";
import type { Entry } from "./entry.ts";

/** An HTML document that fetches nothing. */
export function historyDocument(entries: readonly Entry[], words: Words, language: Language): string {
  const { history, result } = words;
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(history.exportTitle)}</title>
<style>body{font:17px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #bbb;padding:1rem 0;break-inside:avoid}img{width:12rem;margin-right:8px}</style>
<h1>${escaped(history.exportTitle)}</h1>
<p>${escaped(result.notDiagnosis)}</p>
${entries.map((entry) => article(entry, words, language)).join("\n")}
</html>
`;
}

function article(entry: Entry, { history, tell }: Words, language: Language): string {
  const site = entry.site === null ? history.noSite : tell.values[entry.site];
  const images = entry.photos.map((photo) => `<img alt="" src="data:image/jpeg;base64,${base64(photo)}">`).join("");
  const estimate =
    entry.malignant === null ? "" : `<p>${escaped(history.estimate(percent(entry.malignant).text))}</p>\n`;
  return `<article>
<h2>${escaped(dateText(entry.date, language))}, ${escaped(site)}</h2>
${images}
<p><strong>${escaped(history.verdicts[entry.verdict])}</strong></p>
${estimate}<p><small>${escaped(history.bundle)} ${escaped(entry.bundle)}</small></p>
</article>`;
}

function base64(bytes: ArrayBuffer): string {
  // Character by character: a photo is more than one call may have arguments.
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
