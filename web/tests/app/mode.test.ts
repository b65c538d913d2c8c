import { afterEach, expect, test, vi } from "vitest";
import { chooseMode, chosenMode } from "../../src/app/mode.ts";

afterEach(() => {
  chooseMode("split");
  vi.unstubAllGlobals();
});

test("nothing chosen means split, and a choice is remembered", () => {
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  expect(chosenMode()).toBe("split");
  chooseMode("phone");
  expect(chosenMode()).toBe("phone");
  expect(stored.get("dermsplit.mode")).toBe("phone");
  chooseMode("split");
  expect(stored.size).toBe(0);
});

test("where nothing can be stored the choice holds for the visit: nothing is sent against it", () => {
  const refuse = () => {
    throw new DOMException("no", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse, removeItem: refuse });
  chooseMode("dry");
  expect(chosenMode()).toBe("dry");
});
