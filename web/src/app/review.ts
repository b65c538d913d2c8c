/** The review screen: the square may be moved and zoomed; nothing is sent. */

import { createRef } from "lit-html/directives/ref.js";
import { judge, SAMPLE } from "../capture/coach.ts";
import { moved, zoomed } from "../capture/framing.ts";
import { drawSquare, type Photo } from "../capture/photo.ts";
import { askedFields, type Told } from "../contract/metadata.ts";
import type { Heads } from "../head/heads.ts";
import { type Note, reviewView } from "../ui/review.ts";
import { tellView } from "../ui/tell.ts";
import type { Stage } from "./stage.ts";

/** Below so many pixels a side, the square has to be enlarged for any network we know of. */
const SMALL = 224;

/** What was told beside the photo that is used, or "again". What is asked is known once the head is here. */
export async function review(stage: Stage, heads: Heads, photo: Photo, before: Told): Promise<Told | "again"> {
  const canvas = createRef<HTMLCanvasElement>();
  let told = before;
  let note = noteOn(photo);
  const draw = () => {
    if (canvas.value !== undefined) drawSquare(photo, canvas.value);
  };
  const change = (box: Photo["box"]) => {
    photo.box = box;
    note = noteOn(photo);
    draw();
    stage.refresh();
  };
  const tell = (more: Partial<Told>) => {
    told = { ...told, ...more };
  };
  const asked = stage.ask<Told | "again">(
    "review",
    (say, answer) =>
      reviewView(say, canvas, photo, note, tellView(say, fieldsOf(heads), before, tell), {
        onUse: () => answer(told),
        onAgain: () => answer("again"),
        onZoom: (zoom) => change(zoomed(photo.box, photo, zoom)),
        onMove: (x, y) => {
          const side = photo.box.right - photo.box.left;
          change(moved(photo.box, photo, x * side, y * side));
        },
      }),
    "again",
  );
  draw();
  return asked;
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
