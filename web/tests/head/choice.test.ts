import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { choose, inOrder, isChosen, lastBackend, type Memory } from "../../src/head/choice.ts";
import { BACKENDS } from "../../src/head/protocol.ts";

// Node 20 has none.
beforeEach(() => void vi.stubGlobal("navigator", { userAgent: "test" }));
afterEach(() => void vi.unstubAllGlobals());

function memory(): Memory & { held: Map<string, string> } {
  const held = new Map<string, string>();
  return { held, getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value) };
}

test("without a choice the order is the page's own, and WebAssembly starts", () => {
  const empty = memory();
  expect(inOrder(BACKENDS, "a", empty)).toEqual(["wasm", "webgl", "webgpu"]);
  expect(lastBackend(empty)).toBe("wasm");
  expect(isChosen("a", empty)).toBe(false);
  expect(inOrder(BACKENDS, "a", null)).toEqual(["wasm", "webgl", "webgpu"]);
});

test("the quickest of those that proved themselves is first the next time, for that bundle only", () => {
  const kept = memory();
  const proven = [
    { backend: "wasm", milliseconds: 200 },
    { backend: "webgl", milliseconds: 90 },
    { backend: "webgpu", milliseconds: 60 },
  ] as const;
  expect(choose("a", proven, kept)).toBe("webgpu");
  expect(inOrder(BACKENDS, "a", kept)).toEqual(["webgpu", "wasm", "webgl"]);
  expect(inOrder(BACKENDS, "b", kept)).toEqual(["wasm", "webgl", "webgpu"]);
  expect(lastBackend(kept)).toBe("webgpu");
  expect(inOrder(["wasm"], "a", kept)).toEqual(["wasm"]);
});

test("what is hardly faster is not taken", () => {
  const proven = [
    { backend: "wasm", milliseconds: 100 },
    { backend: "webgl", milliseconds: 71 },
  ] as const;
  expect(choose("a", proven, memory())).toBe("wasm");
});

test("a choice of another browser, or one that cannot be read, counts for nothing", () => {
  const kept = memory();
  kept.held.set("dermsplit.backend.a", JSON.stringify({ backend: "webgl", browser: "another" }));
  kept.held.set("dermsplit.backend.b", "{");
  kept.held.set("dermsplit.backend.c", JSON.stringify({ backend: "abacus", browser: navigator.userAgent }));
  for (const id of ["a", "b", "c"]) expect(inOrder(BACKENDS, id, kept)[0]).toBe("wasm");
});

test("a storage that is full changes nothing", () => {
  const full: Memory = {
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  };
  expect(choose("a", [{ backend: "wasm", milliseconds: 10 }], full)).toBe("wasm");
});
