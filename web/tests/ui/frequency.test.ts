import { expect, test } from "vitest";
import { wordsOf } from "../../src/i18n/language.ts";
import { frequencyText } from "../../src/ui/frequency.ts";

const english = { words: wordsOf("en"), language: "en" } as const;
const korean = { words: wordsOf("ko"), language: "ko" } as const;

test.each([
  [0.1736, "about 17 show skin cancer and about 83 do not"],
  [0.005, "fewer than 1 shows skin cancer"],
  [0.997, "more than 99 show skin cancer"],
])("%d is told as people count", (malignant, expected) => {
  expect(frequencyText(english, malignant)).toContain(expected);
});

test("in Korean too", () => {
  expect(frequencyText(korean, 0.1736)).toContain("100장 가운데 약 17장이 피부암이고 약 83장은 아닙니다");
});
