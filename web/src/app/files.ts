import type { Source } from "../capture/photo.ts";

/** A file that the person gave, and where it is from. */
export interface Chosen {
  readonly file: File;
  readonly source: Source;
}

/**
 * Where a chosen file goes: to the screen that is on when it comes. The system's file chooser may have been opened from
 * one that is gone by then, as when the camera fails meanwhile.
 */
export class Files {
  answer: (chosen: Chosen) => void = () => {};
  readonly onFile = (file: File, source: Source): void => this.answer({ file, source });
}
