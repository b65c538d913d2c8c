import { expect, test } from "vitest";
import { en } from "../../src/i18n/en.ts";
import { wordFor } from "../../src/ui/tell.ts";

test("a value has the language's word, or its own where the dictionary does not know it", () => {
  expect(wordFor(en.tell.values, "head_neck")).toBe("head or neck");
  expect(wordFor(en.tell.values, "lower_lip")).toBe("lower lip");
});
