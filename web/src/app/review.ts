/** The review screen: each photo's square may be moved and zoomed; nothing is sent. */

import { createRef } from "lit-html/directives/ref.js";
import { judge, SAMPLE } from "../capture/coach.ts";
import { zoomed } from "../capture/framing.ts";
import { drawSquare, type Photo } from "../capture/photo.ts";
import { askedFields, type Told } from "../contract/metadata.ts";
import type { Heads } from "../head/heads.ts";
import { gesturesOn } from "../ui/gestures.ts";
import { type Note, reviewView } from "../ui/review.ts";
import { tellView } from "../ui/tell.ts";
import type { Reviewed } from "./flow.ts";
import type { Around } from "./screens.ts";

/** Below so many pixels a side, the square has to be enlarged for any network we know of. */
const SMALL = 224;

/** What is to be done with the photos, the last of which is shown first. What is asked is known once the head is here. */
export async function review(
  { stage, heads, limits }: Around,
  photos: readonly Photo[],
  before: Told,
): Promise<Reviewed<Photo>> {
  const canvas = createRef<HTMLCanvasElement>();
  let told = before;
  let photo = photos.at(-1) as Photo;
  let note: Note | null = null;
  let judging: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    if (canvas.value !== undefined) drawSquare(photo, canvas.value);
    // In a task of its own, and not for every step of a pinch: it reads all of a large photo once more.
    clearTimeout(judging);
    judging = setTimeout(() => {
      note = noteOn(photo);
      stage.refresh();
    });
    stage.refresh();
  };
  const change = (box: Photo["box"]) => {
    photo.box = box;
    draw();
  };
  const pick = (other: Photo) => {
    photo = other;
    draw();
  };
  const gestures = gesturesOn(() => photo, change);
  const tell = (more: Partial<Told>) => {
    told = { ...told, ...more };
  };
  const asked = stage.ask<Reviewed<Photo>>(
    "review",
    (say, answer) =>
      reviewView(
        say,
        canvas,
        { photos, photo, note, full: photos.length >= limits.photos },
        tellView(say, fieldsOf(heads), before, tell),
        {
          onUse: () => answer({ next: "use", told }),
          onAdd: () => answer({ next: "add", told }),
          onAgain: () => answer({ next: "again", photo, told }),
          onRemove: () => answer({ next: "remove", photo, told }),
          onPick: pick,
          onZoom: (zoom) => change(zoomed(photo.box, photo, zoom)),
          gestures,
        },
      ),
    { next: "again", photo, told: before },
  );
  draw();
  return asked.finally(() => clearTimeout(judging));
}

function fieldsOf({ status }: Heads) {
  return status.stage === "ready" ? askedFields(status.head.manifest) : [];
}

function noteOn(photo: Photo): Note | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SAMPLE;
  drawSquare(photo, canvas);
  const pixels = canvas.getContext("2d")?.getImageData(0, 0, SAMPLE, SAMPLE).data;
  const hint = pixels === undefined ? "good" : judge(pixels, null);
  if (hint !== "good" && hint !== "moving") return hint;
  return photo.box.right - photo.box.left < SMALL ? "small" : null;
}
