/** The header Retry-After: a number of seconds, or a date (RFC 9110, section 10.2.3). */

/** Seconds from `now` (in ms since 1970), at least 0; null where the header is absent or says something else. */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Only a date has letters: Date.parse would take a lone number for a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
