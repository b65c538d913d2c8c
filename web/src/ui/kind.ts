import { html, nothing } from "lit-html";
import type { Source } from "../capture/photo.ts";
import type { Domain } from "../contract/manifest.ts";
import type { Say } from "./say.ts";

/** For which kind of picture the answer is, plainly where that is not how the photo was made. */
export function kindView({ words: { result } }: Say, domain: Domain | null, source: Source) {
  if (domain === null) return nothing;
  if (domain === "dermoscopic" && source === "camera") {
    return html`<p class="note" data-testid="domain" data-domain=${domain}>${result.kindUnexpected}</p>`;
  }
  return html`<p data-testid="domain" data-domain=${domain}>${result.kind[domain]}</p>`;
}
