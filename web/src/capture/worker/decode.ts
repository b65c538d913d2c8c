/**
 * The worker that decodes one photo: told a file, it answers with the picture and, of a large one, its preview; with null
 * where it cannot.
 */

import { AS_IN_THE_FILE, type DecodedAside } from "../exact.ts";

/** Shorter side of a preview: the square that the review screen draws, magnified by a half. */
const PREVIEW_PIXELS = 1440;
/** A preview that would be nearly as large as the picture saves nothing. */
const LARGEST_SHARE = 0.75;

addEventListener("message", async ({ data }: MessageEvent<Blob>) => {
  const picture = await createImageBitmap(data, AS_IN_THE_FILE).catch(() => null);
  if (picture === null) return postMessage(null);
  const preview = await previewOf(picture);
  postMessage({ picture, preview } satisfies DecodedAside, preview === null ? [picture] : [picture, preview]);
});

/** Null of a picture that is small itself, or in a browser that will not: the picture then serves for both. */
async function previewOf(picture: ImageBitmap): Promise<ImageBitmap | null> {
  const { width, height } = picture;
  const share = PREVIEW_PIXELS / Math.min(width, height);
  if (share > LARGEST_SHARE) return null;
  return createImageBitmap(picture, {
    resizeWidth: Math.round(width * share),
    resizeHeight: Math.round(height * share),
    resizeQuality: "medium",
  }).catch(() => null);
}
