/** The worker that decodes one photo: told a file, it answers with the picture, or with null where it cannot. */

import { AS_IN_THE_FILE } from "../exact.ts";

addEventListener("message", async ({ data }: MessageEvent<Blob>) => {
  const picture = await createImageBitmap(data, AS_IN_THE_FILE).catch(() => null);
  postMessage(picture, picture === null ? [] : [picture]);
});
