/** The capture screen: the live camera while it is in view, or a file; every trouble leaves the other ways open. */

import { type Camera, openCamera } from "../capture/camera.ts";
import { judge, SAMPLE } from "../capture/coach.ts";
import type { Place } from "../capture/framing.ts";
import { guideToVideo, pointToVideo } from "../capture/guide.ts";
import type { Incoming } from "../capture/incoming.ts";
import { type Photo, readPhoto, takeFrame } from "../capture/photo.ts";
import { asTrouble, Trouble } from "../contract/trouble.ts";
import { type CaptureActions, captureView, type Live } from "../ui/capture.ts";
import { troubleView } from "../ui/trouble.ts";
import { otherWays } from "../ui/ways.ts";
import { type Chosen, Files } from "./files.ts";
import type { Stage } from "./stage.ts";

const COACH_MILLISECONDS = 600;
const CLOSED: Live = {
  stream: null,
  ready: false,
  hint: "good",
  torch: "none",
  zoom: null,
  zoomed: 1,
  canFocus: false,
  canSwitch: false,
};

/** Ask for a photo until there is one; null where the person goes back. `file` is one that was dropped before. */
export async function capture(stage: Stage, incoming: Incoming, file: File | null): Promise<Photo | null> {
  const files = new Files();
  incoming.onFile = (dropped) => files.answer({ file: dropped, source: "file" });
  try {
    return await untilTaken(stage, files, file === null ? "camera" : { file, source: "file" });
  } finally {
    incoming.onFile = null;
  }
}

async function untilTaken(stage: Stage, files: Files, first: Outcome): Promise<Photo | null> {
  let outcome = first;
  for (;;) {
    if (outcome === null) return null;
    if (outcome instanceof Trouble) outcome = await wayRound(stage, files, outcome);
    else if (outcome === "camera") outcome = await live(stage, files);
    else if ("file" in outcome) outcome = await readPhoto(outcome.file, outcome.source).catch(asTrouble);
    else return outcome;
  }
}

type Outcome = Photo | Chosen | Trouble | "camera" | null;

async function live(stage: Stage, files: Files): Promise<Outcome> {
  const view = new LiveView(stage, files);
  try {
    return await view.ask();
  } finally {
    view.close();
  }
}

function wayRound(stage: Stage, files: Files, trouble: Trouble): Promise<Outcome> {
  const again = trouble.kind !== "camera_insecure" && trouble.kind !== "camera_absent";
  return stage.ask<Outcome>(
    "trouble",
    (say, answer) => {
      files.answer = answer;
      const words = say.words.trouble;
      const label = trouble.kind.startsWith("photo_") ? words.otherPhoto : words.tryAgain;
      return troubleView(say, trouble, {
        first: again ? { label, onPress: () => answer("camera") } : null,
        second: { label: words.start, onPress: () => answer(null) },
        photo: otherWays(say, files.onFile),
        photoKept: false,
      });
    },
    null,
  );
}

/** The camera's life on the screen: opened, coached, switched, closed when the page is hidden or left. */
class LiveView {
  private camera: Camera | null = null;
  private state: Live = CLOSED;
  private closed = false;
  /** Counts how often the camera was asked for; only the last one asked for is shown. */
  private asked = 0;
  private coach: ReturnType<typeof setInterval> | undefined;
  private before: Uint8ClampedArray | null = null;
  private answer: (outcome: Outcome) => void = () => {};

  constructor(
    private readonly stage: Stage,
    private readonly files: Files,
  ) {}

  async ask(): Promise<Outcome> {
    document.addEventListener("visibilitychange", this.onVisibility);
    this.coach = setInterval(() => this.look(), COACH_MILLISECONDS);
    void this.open(null);
    const actions: CaptureActions = {
      onReady: () => this.show({ ...this.state, ready: this.camera !== null }),
      onShutter: () => void this.shoot(),
      onTorch: () => void this.toggleTorch(),
      onZoom: (zoom) => this.zoom(zoom),
      onFocus: (place) => this.focusOn(place),
      onSwitch: () => void this.open(this.camera?.others[0] ?? null),
      onFile: this.files.onFile,
      onBack: () => this.answer(null),
    };
    return this.stage.ask<Outcome>(
      "capture",
      (say, answer) => {
        this.answer = answer;
        this.files.answer = answer;
        return captureView(say, this.state, actions);
      },
      null,
    );
  }

  close(): void {
    this.closed = true;
    clearInterval(this.coach);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.release();
  }

  private async open(deviceId: string | null): Promise<void> {
    this.release();
    const turn = ++this.asked;
    try {
      const camera = await openCamera(deviceId);
      // The person may have left, or looked away, while the browser was asking.
      if (this.closed || document.hidden || turn !== this.asked) return camera.release();
      this.camera = camera;
      camera.stream.getVideoTracks()[0]?.addEventListener("ended", () => this.answer(new Trouble("camera_absent")));
      const torch = camera.hasTorch ? "off" : "none";
      const { stream, zoom, zoomed, canFocus, others } = camera;
      this.show({ stream, ready: false, hint: "good", torch, zoom, zoomed, canFocus, canSwitch: others.length > 0 });
    } catch (error) {
      if (!this.closed && turn === this.asked) this.answer(asTrouble(error));
    }
  }

  private release(): void {
    this.camera?.release();
    this.camera = null;
    this.before = null;
    this.state = CLOSED;
  }

  private readonly onVisibility = (): void => {
    if (document.hidden) {
      this.release();
      this.stage.refresh();
    } else if (this.camera === null) void this.open(null);
  };

  private async shoot(): Promise<void> {
    const found = this.onScreen();
    if (found === null) return;
    try {
      const box = guideToVideo(found.video.getBoundingClientRect(), found.guide.getBoundingClientRect(), found.size);
      this.answer(await takeFrame(found.video, box));
    } catch (error) {
      this.answer(asTrouble(error));
    }
  }

  private async toggleTorch(): Promise<void> {
    const on = this.state.torch !== "on";
    await this.camera?.setTorch(on).then(
      () => this.show({ ...this.state, torch: on ? "on" : "off" }),
      () => this.show({ ...this.state, torch: "none" }),
    );
  }

  private zoom(zoomed: number): void {
    this.show({ ...this.state, zoomed });
    this.camera?.setZoom(zoomed).catch(() => this.show({ ...this.state, zoom: null }));
  }

  private focusOn(place: Place): void {
    const found = this.onScreen();
    if (found === null) return;
    const at = pointToVideo(found.video.getBoundingClientRect(), place, found.size);
    this.camera?.focusOn(at).catch(() => this.show({ ...this.state, canFocus: false }));
  }

  private look(): void {
    const found = this.onScreen();
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (found === null || context === null) return;
    const box = guideToVideo(found.video.getBoundingClientRect(), found.guide.getBoundingClientRect(), found.size);
    const side = box.right - box.left;
    context.drawImage(found.video, box.left, box.top, side, side, 0, 0, SAMPLE, SAMPLE);
    const now = context.getImageData(0, 0, SAMPLE, SAMPLE).data;
    // Between two frames some browsers give nothing, which is not darkness.
    if (now[3] === 0) return;
    const hint = judge(now, this.before);
    this.before = now;
    if (hint !== this.state.hint) this.show({ ...this.state, hint });
  }

  private show(state: Live): void {
    this.state = state;
    this.stage.refresh();
  }

  private onScreen() {
    const video = document.querySelector<HTMLVideoElement>("video.live");
    const guide = document.querySelector<HTMLElement>("[data-guide]");
    if (video === null || guide === null || this.camera === null || video.videoWidth === 0) return null;
    return { video, guide, size: { width: video.videoWidth, height: video.videoHeight } };
  }
}
