import { expect, test } from "vitest";
import { firstPair } from "../../src/app/home.ts";
import type { Site } from "../../src/history/entry.ts";
import type { Kept } from "../../src/ui/history/kept.ts";

const kept = (id: number, site: Site | null): Kept => ({
  entry: { id, date: id, site, verdict: "suspicious", malignant: 0.3, bundle: "b", photos: [] },
  urls: [],
});

test("a check is compared with the newest of the same place, else with the newest other", () => {
  const all = [kept(4, "arm"), kept(3, null), kept(2, "leg"), kept(1, "arm")];
  expect(firstPair(all, null)).toEqual([4, 1]);
  expect(firstPair(all, all[2] as Kept)).toEqual([2, 4]);
  expect(firstPair(all, all[1] as Kept)).toEqual([3, 4]);
});
