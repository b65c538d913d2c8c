/** The one place where screens are put on the page: a screen is shown, and awaited until it is answered. */

import { render, type TemplateResult } from "lit-html";
import { otherLanguage, rememberLanguage, wordsOf } from "../i18n/language.ts";
import type { Language } from "../i18n/numbers.ts";
import { frame } from "../ui/frame.ts";
import type { Say } from "../ui/say.ts";

export const SCREENS = [
  "start",
  "capture",
  "review",
  "working",
  "result",
  "details",
  "unsent",
  "trouble",
  "entry",
  "compare",
  "settings",
] as const;
export type Screen = (typeof SCREENS)[number];

/** Draws a screen's content in the current language; `answer` ends the screen. */
export type View<T> = (say: Say, answer: (value: T) => void) => TemplateResult;

interface Shown {
  readonly screen: Screen;
  readonly draw: (say: Say) => TemplateResult;
  /** What the browser's back button answers; null on the first screen, where it leaves the page. */
  readonly back: (() => void) | null;
}

export class Stage {
  private shown: Shown | null = null;
  private drawing = false;

  constructor(
    private readonly root: HTMLElement,
    private language: Language,
  ) {
    window.addEventListener("popstate", () => this.goBack());
  }

  /**
   * Show a screen and wait for its answer. `back` is what the back button answers, undefined where it leaves the page.
   * Only the first answer counts, so a double tap asks for nothing twice.
   */
  ask<T>(screen: Screen, view: View<T>, back: T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const draw = (say: Say) => view(say, resolve);
      this.shown = { screen, draw, back: back === undefined ? null : () => resolve(back) };
      this.keepHistory();
      this.draw();
      window.scrollTo(0, 0);
      this.root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    });
  }

  /** Draw the present screen again, soon: once however often it is asked for. */
  refresh(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  private draw(): void {
    if (this.shown === null) return;
    const { screen, draw } = this.shown;
    const say: Say = { words: wordsOf(this.language), language: this.language };
    document.documentElement.lang = this.language;
    document.title = say.words.app.title;
    document.body.dataset.screen = screen;
    render(
      frame(say, screen, draw(say), () => this.setLanguage(otherLanguage(this.language))),
      this.root,
    );
  }

  setLanguage(language: Language): void {
    this.language = language;
    rememberLanguage(language);
    this.draw();
  }

  /** Behind every screen but the first lies one entry of the history, so that "back" stays on the page. */
  private keepHistory(): void {
    const away = this.shown?.back !== null;
    const marked = history.state?.away === true;
    if (away && !marked) history.pushState({ away: true }, "");
    if (!away && marked) history.back();
  }

  private goBack(): void {
    this.shown?.back?.();
  }
}
