import { describe, expect, test } from "vitest";
import { askedFields, encodeMetadata, NOTHING_TOLD, readAge, takenFrom } from "../../src/contract/metadata.ts";
import { METADATA_SPEC, manifestWith } from "../manifests.ts";

const { fields } = METADATA_SPEC;
const encoded = (told: Partial<typeof NOTHING_TOLD>) => {
  const columns = encodeMetadata(fields, { ...NOTHING_TOLD, ...told });
  return columns === null ? null : [...columns];
};

describe("the tensor: age / 100, known, female, male, head_neck, trunk, arm", () => {
  test.each([
    [{ age: 50, sex: "male", site: "trunk" }, [0.5, 1, 0, 1, 0, 1, 0]],
    [{ age: 0 }, [0, 1, 0, 0, 0, 0, 0]],
    [{ age: 100, sex: "female" }, [1, 1, 1, 0, 0, 0, 0]],
    [{ site: "arm" }, [0, 0, 0, 0, 0, 0, 1]],
    [{ sex: "male", site: "tail" }, [0, 0, 0, 1, 0, 0, 0]],
  ])("%j", (told, columns) => expect(encoded(told)).toEqual(columns));

  test("is left out where nothing was told that the bundle takes", () => {
    expect(encoded({})).toBeNull();
    expect(encoded({ site: "tail" })).toBeNull();
    expect(encodeMetadata([], { age: 50, sex: "male", site: "arm" })).toBeNull();
  });

  test("its order is the manifest's", () => {
    const turned = [...fields].reverse();
    const told = { age: 50, sex: "female", site: "head_neck" };
    expect([...(encodeMetadata(turned, told) ?? [])]).toEqual([1, 0, 0, 1, 0, 0.5, 1]);
  });
});

test("what was told is cut to what the fields take", () => {
  const told = { age: 50, sex: "male", site: "tail" };
  expect(takenFrom(fields, told)).toEqual({ age: 50, sex: "male", site: null });
  expect(takenFrom(fields.slice(1), told)).toEqual({ age: null, sex: "male", site: null });
});

test("nothing is asked that does not help", () => {
  expect(askedFields(manifestWith())).toEqual([]);
  expect(askedFields(manifestWith({ metadata: { ...METADATA_SPEC, helps: false } }))).toEqual([]);
  expect(askedFields(manifestWith({ metadata: METADATA_SPEC }))).toEqual(fields);
});

test.each([
  ["", null],
  [" 42 ", 42],
  ["0", 0],
  ["120", 120],
  ["121", "wrong"],
  ["-3", "wrong"],
  ["4.5", "wrong"],
  ["1e2", "wrong"],
  ["forty", "wrong"],
])("the age %j is %j", (typed, age) => expect(readAge(typed)).toBe(age));
