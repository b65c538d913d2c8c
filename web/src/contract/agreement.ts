/** What several photos of one mole say together. */

import type { Answer } from "./answer.ts";

/** `mixed` where the photos do not agree: then we cannot tell, whatever each of them says. */
export type Verdict = Answer["decision"] | "mixed";

export interface Agreement {
  readonly verdict: Verdict;
  /** The worst answer, whose numbers are shown, and the photo that it is of. */
  readonly shown: Answer;
  readonly index: number;
  /** How many photos were suspicious. */
  readonly suspicious: number;
}

/**
 * All answers alike give that answer, others `mixed`. The worst is the suspicious one with the highest malignant
 * probability, or the highest of those that are not; a declined photo, which has none, is shown only where every photo was
 * declined. Throws RangeError for no answers.
 */
export function agree(answers: readonly Answer[]): Agreement {
  const [first] = answers;
  if (first === undefined) throw new RangeError("Expected at least one answer.");
  const alike = answers.every(({ decision }) => decision === first.decision);
  const index = answers.reduce((worst, answer, at) => (risk(answer) > risk(answers[worst] as Answer) ? at : worst), 0);
  const shown = answers[index] as Answer;
  const suspicious = answers.filter(({ decision }) => decision === "suspicious").length;
  return { verdict: alike ? first.decision : "mixed", shown, index, suspicious };
}

function risk(answer: Answer): number {
  if (answer.decision === "cannot_tell") return -1;
  // Each kind of picture has its own threshold, so that the higher probability need not be the suspicious one.
  return answer.malignant + (answer.decision === "suspicious" ? 1 : 0);
}
