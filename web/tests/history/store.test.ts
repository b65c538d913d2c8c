import "fake-indexeddb/auto";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { historyDocument } from "../../src/history/document.ts";
import { bytesOf, type Check, siteOf } from "../../src/history/entry.ts";
import { History } from "../../src/history/store.ts";
import { en } from "../../src/i18n/en.ts";

const check = (date: number): Check => ({
  date,
  site: "arm",
  verdict: "suspicious",
  malignant: 0.31,
  bundle: "0123456789abcdef",
  photos: [Uint8Array.from([255, 216, date % 256]).buffer],
});

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => vi.restoreAllMocks());

test("checks come back as they were kept, the newest first", async () => {
  const history = new History();
  for (const date of [2, 3, 1]) await history.keep(check(date));
  const all = await new History().all();
  expect(all.map(({ date }) => date)).toEqual([3, 2, 1]);
  expect(all[0]).toEqual({ ...check(3), id: 2 });
  expect([...new Uint8Array(all[0]?.photos[0] as ArrayBuffer)]).toEqual([255, 216, 3]);
  expect(bytesOf(all)).toBe(9);
});

test("one is deleted, or all", async () => {
  const history = new History();
  for (const date of [1, 2, 3]) await history.keep(check(date));
  await history.remove(2);
  expect((await history.all()).map(({ id }) => id)).toEqual([3, 1]);
  await history.removeAll();
  expect(await history.all()).toEqual([]);
});

test("a full phone is told from a browser that keeps nothing", async () => {
  const history = new History();
  vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
    throw new DOMException("no room", "QuotaExceededError");
  });
  await expect(history.keep(check(1))).rejects.toMatchObject({ why: "full" });
  vi.stubGlobal("indexedDB", {
    open: () => {
      throw new DOMException("private", "SecurityError");
    },
  });
  await expect(new History().keep(check(1))).rejects.toMatchObject({ why: "refused" });
  expect(await new History().all()).toEqual([]);
  vi.unstubAllGlobals();
});

test("the file holds every check, its pictures inside, and fetches nothing", () => {
  const text = historyDocument([{ ...check(0), id: 1 }], en, "en");
  expect(text).toContain("1 January 1970, arm");
  expect(text).toContain(en.history.verdicts.suspicious);
  expect(text).toContain("31%");
  expect(text).toContain('src="data:image/jpeg;base64,/9gA"');
  expect(text).not.toMatch(/https?:|<script/);
});

test("only the wire's words are places", () => {
  expect([siteOf("hand"), siteOf("moon"), siteOf(null)]).toEqual(["hand", null, null]);
});
