import { expect, test } from "vitest";
import { byteText, likenessText, millisecondText, oneIn, outOfHundred, percentPair } from "../../src/i18n/numbers.ts";

const shown = (malignant: number) => {
  const { malignant: a, benign: b } = percentPair(malignant);
  return [a, b].map(({ text, beyond }) => (beyond === null ? text : `${beyond} than ${text}`));
};

test.each([
  [0, ["less than 1%", "more than 99%"]],
  [0.0099, ["less than 1%", "more than 99%"]],
  [0.01, ["1%", "99%"]],
  [0.125, ["13%", "87%"]],
  [0.374, ["37%", "63%"]],
  [0.5, ["50%", "50%"]],
  [0.985, ["99%", "1%"]],
  [0.99, ["99%", "1%"]],
  [0.991, ["more than 99%", "less than 1%"]],
  [1, ["more than 99%", "less than 1%"]],
])("%f is shown as %j", (malignant, texts) => {
  expect(shown(malignant)).toEqual(texts);
});

test("whole percents always add up to a hundred", () => {
  for (let i = 10; i <= 990; i++) {
    const { malignant, benign } = percentPair(i / 1000);
    expect(Number.parseInt(malignant.text, 10) + Number.parseInt(benign.text, 10)).toBe(100);
  }
});

test("a share is said in small numbers where that is true, else in percent", () => {
  expect(oneIn(0.195, "en")).toBe("about one in five was");
  expect(oneIn(0.195, "ko")).toBe("약 5장 중 1장이");
  expect(oneIn(0.432, "en")).toBe("about 43% were");
  expect(oneIn(0, "ko")).toBe("약 0%가");
});

test("bytes, milliseconds and shares have no more digits than were earned", () => {
  expect(byteText(2853, "en")).toBe("2,853 bytes");
  expect(byteText(1, "en")).toBe("1 byte");
  expect(byteText(2853, "ko")).toBe("2,853바이트");
  expect(byteText(310_011, "en")).toBe("0.3 MB");
  expect(millisecondText(20.13, "en")).toBe("20 ms");
  expect(millisecondText(0.4, "ko")).toBe("< 1밀리초");
  expect(likenessText(0.7784, "en")).toBe("0.78");
  expect(likenessText(1, "ko")).toBe("1.00");
  expect(outOfHundred(1.02)).toBe("100");
  expect(outOfHundred(0.914)).toBe("91");
});
