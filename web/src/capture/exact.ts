/** Colours as they are in the file, as Pillow reads them; upright by EXIF. */
export const AS_IN_THE_FILE = {
  imageOrientation: "from-image",
  colorSpaceConversion: "none",
  premultiplyAlpha: "none",
} as const satisfies ImageBitmapOptions;

/** What the worker that decodes answers: the picture, and of a large one a smaller copy, quicker to draw. */
export interface DecodedAside {
  readonly picture: ImageBitmap;
  readonly preview: ImageBitmap | null;
}
