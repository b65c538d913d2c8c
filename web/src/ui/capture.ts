import { html, nothing } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import type { Hint } from "../capture/coach.ts";
import type { Range } from "../capture/controls.ts";
import type { Place } from "../capture/framing.ts";
import type { Source } from "../capture/photo.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";
import { otherWays } from "./ways.ts";

/** What the live view shows; `stream` is null until the person has allowed the camera. */
export interface Live {
  readonly stream: MediaStream | null;
  /** The first frame is there, so there is something to take. */
  readonly ready: boolean;
  readonly hint: Hint;
  readonly torch: "none" | "off" | "on";
  /** Null where the camera does not zoom; `zoomed` is in its own units. */
  readonly zoom: Range | null;
  readonly zoomed: number;
  /** A tap on the picture focuses there. */
  readonly canFocus: boolean;
  readonly canSwitch: boolean;
}

export interface CaptureActions {
  readonly onReady: () => void;
  readonly onShutter: () => void;
  readonly onTorch: () => void;
  readonly onZoom: (zoom: number) => void;
  /** A place on the screen, in CSS pixels. */
  readonly onFocus: (place: Place) => void;
  readonly onSwitch: () => void;
  readonly onFile: (file: File, source: Source) => void;
  readonly onBack: () => void;
}

/** The stream is guarded: setting the same one again would start the video anew. */
export function captureView(say: Say, live: Live, on: CaptureActions) {
  const { capture } = say.words;
  const hint = live.stream === null ? capture.opening : capture[live.hint];
  return html`
    <div class="camera">
      <video class="live" .srcObject=${guard([live.stream], () => live.stream)} autoplay playsinline muted aria-hidden="true"
        @loadeddata=${on.onReady}></video>
      <div class="shade" aria-hidden="true" data-testid="focus"
        @click=${(event: MouseEvent) => live.canFocus && on.onFocus({ x: event.clientX, y: event.clientY })}><div class="guide" data-guide></div></div>
      <div class="camera-top">
        <button class="round" type="button" aria-label=${capture.back} @click=${on.onBack}>${icons.back()}</button>
        <h1 class="unseen" tabindex="-1">${capture.heading}</h1>
        ${
          live.torch === "none"
            ? nothing
            : html`<button class="round" type="button" data-testid="torch" aria-pressed=${live.torch === "on"}
                aria-label=${live.torch === "on" ? capture.torchOff : capture.torchOn}
                @click=${on.onTorch}>${icons.torch()}</button>`
        }
        ${
          live.canSwitch
            ? html`<button class="round" type="button" data-testid="switch-camera" aria-label=${capture.switchCamera}
                @click=${on.onSwitch}>${icons.turn()}</button>`
            : nothing
        }
      </div>
      <p class="hint" role="status">${hint}</p>
      <div class="camera-bottom">
        ${live.zoom === null ? nothing : zoomSlider(say, live.zoom, live.zoomed, on.onZoom)}
        <button class="shutter" type="button" data-testid="shutter" aria-label=${capture.shutter}
          ?disabled=${!live.ready} @click=${on.onShutter}></button>
        <div class="ways">${otherWays(say, on.onFile)}</div>
      </div>
    </div>`;
}

/** Some cameras count zoom from 100; people count from one. */
function zoomSlider(
  { words: { review } }: Say,
  { min, max, step }: Range,
  zoomed: number,
  onZoom: (zoom: number) => void,
) {
  const times = min > 1 ? zoomed / min : zoomed;
  return html`<label class="zoom"><span>${review.zoom}</span>
    <input type="range" min=${min} max=${max} step=${step} data-testid="camera-zoom" .value=${String(zoomed)}
      aria-valuetext=${review.magnified(times.toFixed(1))}
      @input=${(event: Event) => onZoom(Number((event.target as HTMLInputElement).value))}></label>`;
}
