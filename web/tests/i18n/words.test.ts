import { describe, expect, test } from "vitest";
import { TROUBLES } from "../../src/contract/trouble.ts";
import { en } from "../../src/i18n/en.ts";
import { ko } from "../../src/i18n/ko.ts";
import { chooseLanguage } from "../../src/i18n/language.ts";

/** Every text of a dictionary with its place; texts with gaps are filled with what cannot be a word. */
function texts(value: unknown, place = ""): [string, string][] {
  if (typeof value === "string") return [[place, value]];
  if (typeof value === "function") {
    const gap = /prevalence/.test(place) ? 0.2 : "7";
    return [[place, value(...Array(value.length).fill(gap))]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) =>
    texts(inner, place === "" ? key : `${place}.${key}`),
  );
}

/** Letters of the ABCDE rule, and each language's name for itself. */
const SAME_IN_BOTH = /^result\.abcde\.\d\.0$/;
const OTHER_SCRIPT = /^language\.(name|other|switch)$/;

const english = texts(en);
const korean = new Map(texts(ko));

describe("both languages are complete", () => {
  test("they have the same places", () => {
    expect([...korean.keys()]).toEqual(english.map(([place]) => place));
  });

  test.each(english)("%s is translated", (place, text) => {
    const translated = korean.get(place) ?? "";
    expect(text.trim()).not.toBe("");
    expect(text).not.toContain("undefined");
    expect(translated).not.toContain("undefined");
    if (SAME_IN_BOTH.test(place) || OTHER_SCRIPT.test(place)) return;
    expect(text).not.toMatch(/[가-힣]/);
    expect(translated).toMatch(/[가-힣]/);
  });

  test.each(english.filter(([, text]) => text.includes("7")))("%s fills every gap", (place, text) => {
    const gaps = (line: string) => line.split("7").length;
    expect(gaps(korean.get(place) ?? "")).toBe(gaps(text));
  });
});

test("every trouble has its words", () => {
  expect(Object.keys(en.trouble.kinds).sort()).toEqual([...TROUBLES].sort());
});

test.each([
  [
    "Your photo stays on this phone. Only a small block of numbers is sent.",
    "사진은 이 휴대폰을 떠나지 않습니다. 작은 숫자 묶음만 전송됩니다.",
  ],
  [
    "This is not a diagnosis. Only a doctor can tell.",
    "이 결과는 진단이 아닙니다. 정확한 판단은 의사만 할 수 있습니다.",
  ],
  ["Have this looked at by a doctor soon.", "가까운 시일 안에 의사에게 보여 주세요."],
  [
    "Nothing suspicious was found in this photo. That does not rule out disease.",
    "이 사진에서는 의심되는 점이 발견되지 않았습니다. 그렇다고 병이 없다는 뜻은 아닙니다.",
  ],
  ["We cannot tell from this photo.", "이 사진으로는 판단할 수 없습니다."],
  [
    "If a mole changes, bleeds, itches or looks unlike your others, see a doctor whatever this says.",
    "점이 변하거나, 피가 나거나, 가렵거나, 다른 점과 달라 보이면 결과와 관계없이 진료를 받으세요.",
  ],
])("the agreed words stand as they were agreed: %s", (inEnglish, inKorean) => {
  const place = english.find(([, text]) => text === inEnglish)?.[0];
  expect(place).toBeDefined();
  expect(korean.get(place ?? "")).toBe(inKorean);
});

test("the language is the first wish that the page has", () => {
  expect(chooseLanguage([null, "de-DE", "ko-KR", "en"])).toBe("ko");
  expect(chooseLanguage(["en-GB", "ko"])).toBe("en");
  expect(chooseLanguage([null, "fr"])).toBe("en");
});
