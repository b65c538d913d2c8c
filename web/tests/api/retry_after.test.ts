import { expect, test } from "vitest";
import { readRetryAfter } from "../../src/api/retry_after.ts";

const now = Date.UTC(2026, 0, 1, 12, 0, 0);

test.each([
  ["2", 2],
  [" 120 ", 120],
  ["0", 0],
  ["Thu, 01 Jan 2026 12:00:30 GMT", 30],
  ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
  [null, null],
  ["", null],
  ["-5", null],
  ["1.5", null],
  ["soon", null],
])("%j is %j seconds", (header, seconds) => {
  expect(readRetryAfter(header, now)).toBe(seconds);
});
