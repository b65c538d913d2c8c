/** English. The shape of this dictionary is the type that every other language must fill. */

import { capture, review, start, tell, working } from "./en/check.ts";
import { details } from "./en/details.ts";
import { history, keep, settings } from "./en/keeping.ts";
import { modes, unsent } from "./en/modes.ts";
import { result } from "./en/result.ts";
import { trouble } from "./en/trouble.ts";

export const en = {
  language: { name: "English", other: "한국어", switch: "한국어로 보기" },
  app: { title: "Check a mole", home: "Start" },
  start,
  capture,
  review,
  tell,
  working,
  result,
  details,
  trouble,
  keep,
  history,
  settings,
  modes,
  unsent,
};

export type Words = typeof en;
