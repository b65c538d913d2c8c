/** A TF.js graph model among a bundle's files. */

import * as v from "valibot";
import type { Manifest } from "../contract/manifest.ts";
import { Trouble } from "../contract/trouble.ts";
import { type Bytes, join } from "./download.ts";
import type { GraphFiles } from "./protocol.ts";

const graphModel = v.object({ weightsManifest: v.array(v.object({ paths: v.array(v.string()) })) });

/** The names of a bundle's files in a folder; `folder` ends in a slash. */
export function namesIn(manifest: Manifest, folder: string): string[] {
  return Object.keys(manifest.files).filter((name) => name.startsWith(folder));
}

/**
 * The model's text, and its weight files joined in the order in which it names them; `folder` ends in a slash. Throws
 * Trouble `head_corrupt` where a file is missing.
 */
export function modelIn(files: ReadonlyMap<string, Bytes>, folder: string): GraphFiles {
  const model = new TextDecoder().decode(fileOf(files, `${folder}model.json`));
  const shards = v.parse(graphModel, JSON.parse(model)).weightsManifest.flatMap(({ paths }) => paths);
  return { model, weights: join(shards.map((name) => fileOf(files, folder + name))).buffer };
}

/** A file that was fetched. Throws Trouble `head_corrupt` where it was not. */
export function fileOf(files: ReadonlyMap<string, Bytes>, name: string): Bytes {
  const file = files.get(name);
  if (file === undefined) throw new Trouble("head_corrupt", `The bundle has no ${name}.`);
  return file;
}
