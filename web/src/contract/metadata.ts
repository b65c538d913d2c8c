/** What a person may tell beside the photo, and the numbers that it becomes. */

import type { Manifest } from "./manifest.ts";

/** What was told; null where it was not. */
export interface Told {
  /** In whole years, 0..120. */
  readonly age: number | null;
  /** Words of the manifest's fields, such as "female" and "head_neck". */
  readonly sex: string | null;
  readonly site: string | null;
}

export type MetadataField = NonNullable<Manifest["metadata"]>["fields"][number];

export const NOTHING_TOLD: Told = { age: null, sex: null, site: null };
export const OLDEST = 120;

/** What is worth asking for: nothing where the bundle takes none, or where telling it was not found to help. */
export function askedFields({ metadata }: Pick<Manifest, "metadata">): readonly MetadataField[] {
  return metadata?.helps ? metadata.fields : [];
}

/** An age as it was typed: whole years, null where there is none, "wrong" where it is none. */
export function readAge(typed: string): number | null | "wrong" {
  const text = typed.trim();
  if (text === "") return null;
  const years = Number(text);
  return /^\d{1,3}$/.test(text) && years <= OLDEST ? years : "wrong";
}

/** What of it the fields take. A word that a field does not have, as after a change of bundle, counts as not told. */
export function takenFrom(fields: readonly MetadataField[], told: Told): Told {
  const take = (name: "sex" | "site") => {
    const word = told[name];
    return fields.some((field) => field.name === name && word !== null && field.values.includes(word)) ? word : null;
  };
  const age = fields.some(({ name }) => name === "age") ? told.age : null;
  return { age, sex: take("sex"), site: take("site") };
}

/**
 * The metadata tensor of one photo, float32 [M]: for age the years / 100 and a 1, for the others one-hot columns in the
 * order of their values; zeros for what was not told. Null where nothing was told that the fields take.
 */
export function encodeMetadata(fields: readonly MetadataField[], told: Told): Float32Array | null {
  const { age, ...words } = takenFrom(fields, told);
  const columns = fields.flatMap((field) => {
    if (field.name === "age") return age === null ? [0, 0] : [age / 100, 1];
    const word = words[field.name];
    return field.values.map((value) => Number(value === word));
  });
  return columns.some((value) => value !== 0) ? Float32Array.from(columns) : null;
}
