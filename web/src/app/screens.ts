/** The screens that the flow asks its questions with. */

import type { Incoming } from "../capture/incoming.ts";
import { drawSquare, type Photo } from "../capture/photo.ts";
import type { Trouble } from "../contract/trouble.ts";
import type { Heads } from "../head/heads.ts";
import type { History } from "../history/store.ts";
import { detailsView } from "../ui/details.ts";
import { resultView } from "../ui/result.ts";
import { troubleView } from "../ui/trouble.ts";
import { type Progress, workingView } from "../ui/working.ts";
import { capture } from "./capture.ts";
import type { Checked } from "./checked.ts";
import type { Outcome, Screens, Work } from "./flow.ts";
import { Keep } from "./keep.ts";
import { review } from "./review.ts";
import type { Stage } from "./stage.ts";

/** What the screens are shown on and draw from. */
export interface Around {
  readonly stage: Stage;
  readonly heads: Heads;
  readonly history: History;
  readonly incoming: Incoming;
}

/** `dropped` is a file to begin with instead of the camera. */
export function screensOn({ stage, heads, history, incoming }: Around, dropped: File | null): Screens<Photo> {
  let first = dropped;
  return {
    capture: () => {
      const file = first;
      first = null;
      return capture(stage, incoming, file);
    },
    review: (photos, told) => review(stage, heads, photos, told),
    working: (work) => askWorking(stage, heads, work),
    trouble: (trouble) => askTrouble(stage, trouble),
    result: (checked, photos) => askResult(stage, history, checked, photos),
  };
}

/** Shows the work while it goes on. Cancelling ends the screen at once and takes the work with it. */
async function askWorking(stage: Stage, heads: Heads, work: Work): Promise<Outcome> {
  const cancel = new AbortController();
  let progress: Progress = { at: "phone" };
  let finish: (outcome: Outcome) => void = () => {};
  const asked = stage.ask<Outcome>(
    "working",
    (say, answer) => {
      finish = answer;
      return workingView(say, progress, heads.status, () => answer(null));
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

async function askResult(
  stage: Stage,
  history: History,
  checked: Checked,
  photos: readonly Photo[],
): Promise<"another" | "start"> {
  const worst = photos[checked.agreement.index] as Photo;
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
    await askDetails(stage, checked);
  }
}

async function askDetails(stage: Stage, checked: Checked): Promise<void> {
  const url = URL.createObjectURL(new Blob([checked.features], { type: "application/octet-stream" }));
  await stage.ask<"back">("details", (say, answer) => detailsView(say, checked, url, () => answer("back")), "back");
  URL.revokeObjectURL(url);
}
