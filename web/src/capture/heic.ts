/** HEIC and HEIF, in which iPhones save photos and which few browsers but Safari can open. */

const BRANDS = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];

/** How many bytes of a file `isHeic` looks at. */
export const HEIC_HEAD = 12;

/** Whether a file begins as one, by its first bytes (ISO 14496-12: a box `ftyp` with the major brand). */
export function isHeic(start: Uint8Array): boolean {
  const text = String.fromCharCode(...start.subarray(4, HEIC_HEAD));
  return text.startsWith("ftyp") && BRANDS.includes(text.slice(4));
}
