import { expect, test } from "vitest";
import { Limits } from "../../src/api/limits.ts";
import { manifestWith } from "../manifests.ts";

test.each([
  ["a server that takes one at a time", 200, { parameters: { max_batch_size: 1 } }, 1],
  ["one that takes many", 200, { parameters: { max_batch_size: 8 } }, 3],
  ["one that says nothing", 200, { name: "mole" }, 3],
  ["one that says nonsense", 200, { parameters: { max_batch_size: 0 } }, 3],
  ["one that is away", 502, "<html>", 3],
])("%s", async (_, status, body, photos) => {
  const asked: string[] = [];
  const limits = new Limits();
  await limits.read(async (url) => {
    asked.push(url);
    return new Response(JSON.stringify(body), { status });
  }, manifestWith());
  expect(asked).toEqual(["v2/models/mole/versions/0123456789abcdef"]);
  expect(limits.photos).toBe(photos);
});
