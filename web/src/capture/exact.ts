/** Colours as they are in the file, as Pillow reads them; upright by EXIF. */
export const AS_IN_THE_FILE = {
  imageOrientation: "from-image",
  colorSpaceConversion: "none",
  premultiplyAlpha: "none",
} as const satisfies ImageBitmapOptions;
