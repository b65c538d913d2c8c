import { html, nothing, type TemplateResult } from "lit-html";
import type { HeadStatus } from "../head/heads.ts";
import { byteText, millisecondText } from "../i18n/numbers.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

/** How far one photo has come. */
export type Progress =
  | { readonly at: "phone" }
  | { readonly at: "head"; readonly milliseconds: null }
  | { readonly at: "sending"; readonly milliseconds: number; readonly sent: number; readonly total: number }
  | { readonly at: "server"; readonly milliseconds: number; readonly total: number }
  | { readonly at: "busy"; readonly milliseconds: number; readonly total: number; readonly secondsLeft: number };

type State = "waiting" | "doing" | "done";

export function workingView(say: Say, progress: Progress, head: HeadStatus, onCancel: () => void) {
  const { working } = say.words;
  const { at } = progress;
  return html`
    <div class="column">
      <h1 tabindex="-1">${working.heading}</h1>
      <div role="status"><ol class="steps">
        ${step(say, icons.phone(), working.phone, at === "phone" || at === "head" ? "doing" : "done", onPhone(say, progress, head))}
        ${step(say, icons.send(), sendingTitle(say, progress), at === "sending" ? "doing" : at === "server" ? "done" : "waiting", onTheWay(say, progress))}
        ${step(say, icons.server(), working.server, at === "server" || at === "busy" ? "doing" : "waiting", onServer(say, progress))}
      </ol></div>
      <button class="button second" type="button" data-testid="cancel" @click=${onCancel}>${working.cancel}</button>
    </div>`;
}

type Text = string | TemplateResult | typeof nothing;

function step({ words }: Say, icon: TemplateResult, title: string, state: State, text: Text) {
  return html`
    <li class="step ${state}" data-state=${state}>
      ${icon}
      <div><strong>${title}</strong> <span class="state">${words.working[state]}</span>
        ${text === nothing ? nothing : html`<p>${text}</p>`}</div>
    </li>`;
}

function onPhone({ words: { working }, language }: Say, progress: Progress, head: HeadStatus): Text {
  if (progress.at === "head") return working.phoneRunning;
  if (progress.at !== "phone") return working.phoneDone(millisecondText(progress.milliseconds, language));
  if (head.stage === "proving") return working.phoneProving;
  if (head.stage === "ready") return working.phoneRunning;
  if (head.stage !== "downloading") return working.phoneAsking;
  return html`${working.phoneDownloading(byteText(head.loaded, language), byteText(head.total, language))}
    <progress max=${head.total} value=${head.loaded} aria-label=${working.phone}></progress>`;
}

function sendingTitle({ words: { working }, language }: Say, progress: Progress): string {
  return "total" in progress ? working.sending(byteText(progress.total, language)) : working.sendingWaits;
}

function onTheWay({ words: { working }, language }: Say, progress: Progress): Text {
  if (progress.at === "server") return working.sendingDone;
  if (progress.at === "busy") return working.sendingAgain;
  if (progress.at !== "sending") return nothing;
  return html`${working.sendingNow(byteText(progress.sent, language), byteText(progress.total, language))}
    <progress max=${progress.total} value=${progress.sent} aria-label=${working.sendingWaits}></progress>`;
}

/** The seconds are a timer, which is not read out each time it moves. */
function onServer({ words: { working } }: Say, progress: Progress): Text {
  if (progress.at === "server") return working.serverNow;
  if (progress.at !== "busy") return nothing;
  return html`${working.serverBusy}
    <span class="countdown" role="timer" data-testid="countdown" data-seconds=${progress.secondsLeft}>${working.sentAgainIn(progress.secondsLeft)}</span>`;
}
