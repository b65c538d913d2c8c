/** English: what is kept on the phone, and settings. */

import type { Verdict } from "../../contract/agreement.ts";

export const keep = {
  heading: "Keep this on this phone?",
  why: "The photo, the answer and the date are kept in this browser only, so that you can compare later. Whoever uses this phone can see them.",
  site: "Where is the mole?",
  noSite: "leave open",
  keep: "Keep it",
  keeping: "Keeping…",
  kept: "Kept on this phone. You find it on the start screen.",
  full: "There is no room left on this phone, so it was not kept. The answer above is not affected.",
  refused:
    "This browser keeps nothing, as private windows often do, so it was not kept. The answer above is not affected.",
};

export const history = {
  heading: "Kept on this phone",
  noSite: "body site left open",
  verdicts: {
    suspicious: "Advice: have it looked at soon",
    not_suspicious: "Nothing suspicious was found",
    cannot_tell: "Could not tell",
    mixed: "The photos did not agree",
  } as Readonly<Record<Verdict, string>>,
  estimate: (percent: string) => `Malignant, as estimated then: ${percent}`,
  atThatTime: "This is what was said then. It is not a diagnosis.",
  photo: "The photo that was checked",
  date: "Date",
  site: "Body site",
  answer: "Answer",
  bundle: "Version of the network:",
  compare: "Compare two",
  compareThis: "Compare with another",
  compareHeading: "Two checks side by side",
  first: "First check",
  second: "Second check",
  change: "Any change in size, shape or colour is a reason to see a doctor, whatever this page said.",
  remove: "Delete this one",
  reallyRemove: "Delete this check from this phone? It cannot be brought back.",
  notRemoved:
    "The browser could not delete it, so it is still kept. Try again, or clear this page's data in the browser's settings.",
  yesRemove: "Yes, delete",
  noRemove: "No, keep it",
  back: "Back",
  exportAll: "Save all as one file",
  exportTitle: "Moles that were checked",
};

export const settings = {
  heading: "Settings",
  open: "Settings",
  language: "Language",
  theme: "Appearance",
  themes: { system: "as the phone", light: "light", dark: "dark" },
  storage: "Kept on this phone",
  nothing: "Nothing is kept.",
  used: (checks: string, bytes: string) => `Checks: ${checks}. Their photos take ${bytes}.`,
  mayVanish:
    "The browser may delete them when room runs out or this page is not used for long. Save as a file what you want to be sure of.",
  removeAll: "Delete all",
  reallyRemoveAll: "Delete every kept check from this phone? They cannot be brought back.",
  notRemoved: "The browser could not delete them. Clear this page's data in the browser's settings.",
  back: "Back to the start",
};
