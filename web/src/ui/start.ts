import { html, nothing } from "lit-html";
import type { Mode } from "../app/mode.ts";
import type { HeadStatus } from "../head/heads.ts";
import { byteText } from "../i18n/numbers.ts";
import type { Kept } from "./history/kept.ts";
import { historyList, type ListActions } from "./history/list.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

export interface StartActions extends ListActions {
  readonly onCheck: () => void;
  readonly onSettings: () => void;
}

export function startView(say: Say, mode: Mode, status: HeadStatus, kept: readonly Kept[], on: StartActions) {
  const { start } = say.words;
  return html`
    <div class="column start">
      <svg class="mark" viewBox="0 0 120 120" aria-hidden="true">
        <circle class="mark-ring" cx="60" cy="60" r="52"/>
        <path class="mark-mole" d="M61 36c15-1 25 9 25 22 0 15-11 27-27 27-14 0-24-9-24-23 0-15 11-25 26-26z"/>
        <path class="mark-cut" d="M60 2v12M60 106v12M2 60h12M106 60h12"/>
      </svg>
      <h1 tabindex="-1">${start.heading}</h1>
      <p class="lead">${start.what}</p>
      <ul class="facts">
        <li>${icons.phone()}<span>${start.photoStays}</span></li>
        <li>${icons.seeDoctor()}<span>${start.notDiagnosis}</span></li>
      </ul>
      ${navigator.onLine ? nothing : html`<p class="note" role="status" data-testid="offline">${start.offline[mode]}</p>`}
      ${mode === "split" ? nothing : html`<p class="note" data-testid="mode-note">${say.words.modes.chosen[mode]}</p>`}
      <button class="button first large" type="button" data-testid="check-button" @click=${on.onCheck}>
        ${icons.camera()}<span>${start.check}</span></button>
      <p class="quietly" data-testid="head-status" data-stage=${status.stage}>${statusText(say, status)}</p>
      ${historyList(say, kept, on)}
      <button class="quiet-button below" type="button" data-testid="settings-button" @click=${on.onSettings}>${say.words.settings.open}</button>
    </div>`;
}

function statusText({ words: { start }, language }: Say, status: HeadStatus): string {
  switch (status.stage) {
    case "downloading":
      return start.downloading(byteText(status.loaded, language), byteText(status.total, language));
    default:
      return start[status.stage];
  }
}
