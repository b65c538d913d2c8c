/** Line drawings of 24 x 24, in the colour of the text beside them. Decoration: the words beside them say it all. */

import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit-html";

function icon(drawing: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor"
    stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${drawing}</svg>`;
}

export const camera = () =>
  icon(svg`<path d="M4 8h3.2l1.6-2.5h6.4L16.8 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z"/>
    <circle cx="12" cy="13" r="3.5"/>`);
export const pictures = () =>
  icon(svg`<rect x="3.5" y="5" width="17" height="14" rx="2"/><circle cx="9" cy="10" r="1.6"/>
    <path d="M4 17l4.5-4 3.5 3 3.5-4 4.5 4.5"/>`);
export const phone = () => icon(svg`<rect x="7" y="2.5" width="10" height="19" rx="2.2"/><path d="M11 18.5h2"/>`);
export const send = () => icon(svg`<path d="M12 19V5M6.5 10.5L12 5l5.5 5.5"/>`);
export const server = () =>
  icon(svg`<rect x="4" y="4" width="16" height="7" rx="1.5"/><rect x="4" y="13" width="16" height="7" rx="1.5"/>
    <path d="M8 7.5h.01M8 16.5h.01"/>`);
export const torch = () => icon(svg`<path d="M13 2.5L5.5 13.5H12l-1 8 7.5-11H12z"/>`);
export const turn = () =>
  icon(svg`<path d="M20 11a8 8 0 0 0-14.3-4L4 9M4 4.5V9h4.5M4 13a8 8 0 0 0 14.3 4L20 15M20 19.5V15h-4.5"/>`);
export const back = () => icon(svg`<path d="M15 5l-7 7 7 7"/>`);
/** A person to be seen: used with "have this looked at". */
export const seeDoctor = () =>
  icon(svg`<path d="M6 3v5a4 4 0 0 0 8 0V3M10 12v3a5 5 0 0 0 10 0v-1.5"/><circle cx="20" cy="11.3" r="1.9"/>
    <path d="M6 3h1.6M12.4 3H14"/>`);
/** An open eye, which promises nothing. */
export const keepWatching = () =>
  icon(
    svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>`,
  );
export const obstacle = () => icon(svg`<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.5h.01"/>`);
export const save = () => icon(svg`<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>`);
