/** What the server could see: pictures made of the features that were sent, where the bundle carries a decoder for it. */

import type { Made } from "../app/checked.ts";
import { fromBytes } from "../contract/datatype.ts";
import type { Manifest } from "../contract/manifest.ts";
import { type Fetch, fetchFiles, type OnBytes } from "../head/download.ts";
import { modelIn, namesIn } from "../head/model.ts";
import type { HeadWorker } from "../head/protocol.ts";

const FOLDER = "decoder/";
const MODEL = `${FOLDER}model.json`;

export class Decoders {
  constructor(
    private readonly fetch: Fetch,
    private readonly worker: HeadWorker,
  ) {}

  /** Bytes that a bundle's decoder has to fetch, null where the bundle carries none. */
  bytesOf(manifest: Manifest): number | null {
    if (manifest.decoder === null || !manifest.files[MODEL]?.public) return null;
    return namesIn(manifest, FOLDER).reduce((total, name) => total + (manifest.files[name]?.bytes ?? 0), 0);
  }

  /**
   * A picture RGB uint8 [side, side, 3] for each photo, of nothing but its features as they are sent; computed on this
   * device. Throws where the decoder cannot be had, or does not give pictures.
   */
  async rebuild({ manifest, features, inputs }: Made, onBytes: OnBytes): Promise<Uint8Array[]> {
    if (manifest.decoder === null) throw new Error("The bundle carries no decoder.");
    const files = await fetchFiles(this.fetch, manifest, namesIn(manifest, FOLDER), onBytes);
    const { shape, datatype } = manifest.features;
    const values = fromBytes(features, datatype);
    const found = await this.worker.rebuild({ ...modelIn(files, FOLDER), shape }, values, inputs.length);
    const size = manifest.decoder.side ** 2 * 3;
    if (found.length !== size * inputs.length || !found.every(Number.isFinite)) {
      throw new Error(`Expected pictures of ${size} numbers from the decoder, got something else.`);
    }
    const bytes = Uint8Array.from(found, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
    return inputs.map((_, item) => bytes.subarray(item * size, (item + 1) * size));
  }
}
