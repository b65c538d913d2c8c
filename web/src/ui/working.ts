import { html, nothing, type TemplateResult } from "lit-html";
import type { Mode } from "../app/mode.ts";
import type { HeadStatus } from "../head/heads.ts";
import { byteText, millisecondText } from "../i18n/numbers.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

/** How far the photos of one mole have come. `milliseconds` are those that the head took. */
export type Progress =
  | { readonly at: "phone" }
  | { readonly at: "head" }
  | { readonly at: "sending"; readonly milliseconds: number; readonly sent: number; readonly total: number }
  | { readonly at: "server"; readonly milliseconds: number; readonly total: number }
  | { readonly at: "busy"; readonly milliseconds: number; readonly total: number; readonly secondsLeft: number }
  | { readonly at: "tail"; readonly milliseconds: number; readonly loaded: number; readonly total: number };

type State = "waiting" | "doing" | "done";

/** The steps that the mode has: the head always, then the way to the server and back, or the tail on this phone. */
export function workingView(say: Say, mode: Mode, progress: Progress, head: HeadStatus, onCancel: () => void) {
  const { working } = say.words;
  return html`
    <div class="column">
      <h1 tabindex="-1">${working.heading}</h1>
      <div role="status"><ol class="steps">
        ${headStep(say, progress, head)}
        ${mode === "split" ? [wayStep(say, progress), serverStep(say, progress)] : nothing}
        ${mode === "phone" ? tailStep(say, progress) : nothing}
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

function headStep(say: Say, progress: Progress, head: HeadStatus) {
  const doing = progress.at === "phone" || progress.at === "head";
  return step(say, icons.phone(), say.words.working.phone, doing ? "doing" : "done", onPhone(say, progress, head));
}

function wayStep(say: Say, progress: Progress) {
  const { working } = say.words;
  const { at } = progress;
  const title = "total" in progress ? working.sending(byteText(progress.total, say.language)) : working.sendingWaits;
  const state = at === "sending" ? "doing" : at === "server" ? "done" : "waiting";
  return step(say, icons.send(), title, state, onTheWay(say, progress));
}

function serverStep(say: Say, progress: Progress) {
  const { at } = progress;
  const state = at === "server" || at === "busy" ? "doing" : "waiting";
  return step(say, icons.server(), say.words.working.server, state, onServer(say, progress));
}

function tailStep(say: Say, progress: Progress) {
  const { working } = say.words;
  return step(say, icons.phone(), working.tail, progress.at === "tail" ? "doing" : "waiting", onTail(say, progress));
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

function onTail({ words: { working }, language }: Say, progress: Progress): Text {
  if (progress.at !== "tail") return nothing;
  const { loaded, total } = progress;
  if (loaded >= total) return working.tailNow;
  return html`${working.tailDownloading(byteText(loaded, language), byteText(total, language))}
    <progress max=${total} value=${loaded} aria-label=${working.tail}></progress>`;
}
