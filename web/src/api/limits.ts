/** What a server takes at once. */

import * as v from "valibot";
import type { Manifest } from "../contract/manifest.ts";
import type { Fetch } from "../head/download.ts";

/** More photos of one mole than this help nobody. */
export const MOST_PHOTOS = 3;

const metadata = v.object({
  parameters: v.object({ max_batch_size: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
});

/** How many photos one request may hold. It is MOST_PHOTOS until a server has said that it takes fewer. */
export class Limits {
  photos = MOST_PHOTOS;

  /** Ask the server. Whoever says nothing takes as many as anybody wants to take. */
  async read(fetch: Fetch, { name, id }: Manifest): Promise<void> {
    try {
      const response = await fetch(`v2/models/${name}/versions/${id}`, {});
      const { parameters } = v.parse(metadata, await response.json());
      this.photos = Math.min(MOST_PHOTOS, parameters.max_batch_size);
    } catch {
      this.photos = MOST_PHOTOS;
    }
  }
}
