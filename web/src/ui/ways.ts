import { html } from "lit-html";
import type { Source } from "../capture/photo.ts";
import * as icons from "./icons.ts";
import type { Say } from "./say.ts";

/** The ways to a photo that need no live camera: the phone's own camera app, or a file. */
export function otherWays({ words }: Say, onFile: (file: File, source: Source) => void) {
  const pick = (event: Event, source: Source) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    // Emptied, so that the same file can be chosen once more.
    input.value = "";
    if (file !== undefined) onFile(file, source);
  };
  return html`
    <label class="button second way">${icons.camera()}<span>${words.capture.cameraApp}</span>
      <input class="hidden" type="file" accept="image/*" capture="environment" data-testid="camera-app-input"
        @change=${(event: Event) => pick(event, "camera")}></label>
    <label class="button second way">${icons.pictures()}<span>${words.capture.choose}</span>
      <input class="hidden" type="file" accept="image/*" data-testid="file-input"
        @change=${(event: Event) => pick(event, "file")}></label>
    <p class="desktop quietly">${words.capture.dropHere}</p>`;
}
