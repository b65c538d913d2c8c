/** The screens that the flow asks its questions with. */

import type { Limits } from "../api/limits.ts";
import type { Incoming } from "../capture/incoming.ts";
import { drawSquare, type Photo } from "../capture/photo.ts";
import type { Trouble } from "../contract/trouble.ts";
import type { Decoders } from "../decoder/decoders.ts";
import type { Heads } from "../head/heads.ts";
import type { History } from "../history/store.ts";
import type { Tails } from "../tail/tails.ts";
import { resultView } from "../ui/result.ts";
import { troubleView } from "../ui/trouble.ts";
import { type Progress, workingView } from "../ui/working.ts";
import { capture } from "./capture.ts";
import type { Checked } from "./checked.ts";
import { askDetails, askUnsent } from "./details.ts";
import type { Outcome, Screens, Work } from "./flow.ts";
import { Keep } from "./keep.ts";
import type { Mode } from "./mode.ts";
import { review } from "./review.ts";
import type { Stage } from "./stage.ts";

/** What the screens are shown on and draw from. */
export interface Around {
  readonly stage: Stage;
  readonly heads: Heads;
  readonly tails: Tails;
  readonly decoders: Decoders;
  readonly limits: Limits;
  readonly history: History;
  readonly incoming: Incoming;
}

/** `dropped` is a file to begin with instead of the camera. */
export function screensOn(around: Around, dropped: File | null): Screens<Photo> {
  const { stage, heads, incoming } = around;
  let first = dropped;
  return {
    capture: () => {
      const file = first;
      first = null;
      return capture(stage, incoming, file);
    },
    review: (photos, told) => review(around, photos, told),
    working: (mode, work) => askWorking(stage, heads, mode, work),
    trouble: (trouble) => askTrouble(stage, trouble),
    result: (checked, photos) => askResult(around, checked, photos),
    unsent: (unsent) => askUnsent(around, unsent),
  };
}

/** Shows the work while it goes on. Cancelling ends the screen at once and takes the work with it. */
async function askWorking(stage: Stage, heads: Heads, mode: Mode, work: Work): Promise<Outcome> {
  const cancel = new AbortController();
  let progress: Progress = { at: "phone" };
  let finish: (outcome: Outcome) => void = () => {};
  const asked = stage.ask<Outcome>(
    "working",
    (say, answer) => {
      finish = answer;
      return workingView(say, mode, progress, heads.status, () => answer(null));
    },
    null,
  );
  const report = (next: Progress) => {
    progress = next;
    stage.refresh();
  };
  void work(report, cancel.signal).then((outcome) => finish(outcome));
  const outcome = await asked;
  cancel.abort(new DOMException("The person left the screen.", "AbortError"));
  return outcome;
}

function askTrouble(stage: Stage, trouble: Trouble): Promise<"try_again" | "back"> {
  // For whoever is asked for help: the words on the screen leave the cause out.
  console.warn(trouble.message);
  return stage.ask<"try_again" | "back">(
    "trouble",
    (say, answer) =>
      troubleView(say, trouble, {
        first: { label: say.words.trouble.tryAgain, onPress: () => answer("try_again") },
        second: { label: say.words.trouble.backToPhoto, onPress: () => answer("back") },
        photo: null,
        photoKept: true,
      }),
    "back",
  );
}

async function askResult(around: Around, checked: Checked, photos: readonly Photo[]): Promise<"another" | "start"> {
  const { stage, history } = around;
  const worst = photos[checked.answered.agreement.index] as Photo;
  const draw = (canvas: HTMLCanvasElement) => drawSquare(worst, canvas);
  const keep = new Keep(history, checked, photos, () => stage.refresh());
  let assumed: number | null = null;
  const onAssume = (prevalence: number | null) => {
    assumed = prevalence;
    stage.refresh();
  };
  for (;;) {
    const choice = await stage.ask<"another" | "start" | "details">(
      "result",
      (say, answer) =>
        resultView(
          say,
          { checked, source: worst.source, assumed, photos: photos.length, keep: keep.view(say) },
          { draw, onAssume, onDetails: () => answer("details"), onAnother: () => answer("another") },
        ),
      "start",
    );
    if (choice !== "details") return choice;
    await askDetails(around, checked);
  }
}
