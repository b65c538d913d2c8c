/** Korean. */

import type { Words } from "./en.ts";
import { capture, review, start, tell, working } from "./ko/check.ts";
import { details } from "./ko/details.ts";
import { history, keep, settings } from "./ko/keeping.ts";
import { modes, unsent } from "./ko/modes.ts";
import { result } from "./ko/result.ts";
import { trouble } from "./ko/trouble.ts";

export const ko: Words = {
  language: { name: "한국어", other: "English", switch: "View in English" },
  app: { title: "점 확인하기", home: "처음으로" },
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
