import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LivingWorker } from "../../src/head/living.ts";
import type { Backend, HeadFiles, HeadWorker } from "../../src/head/protocol.ts";
import type { Thread } from "../../src/head/thread.ts";

const files: HeadFiles = {
  id: "a",
  model: "{}",
  weights: new ArrayBuffer(0),
  inputSize: 4,
  features: { name: "features", shape: [1], datatype: "UINT8", levels: 256 },
  golden: { input: new Uint8Array(48), features: new Uint8Array(1) },
};

/** A thread whose runs are answered as told, one after the other. */
interface HeadThread extends Thread<HeadWorker> {
  readonly loads: (readonly Backend[])[];
  ended: boolean;
  kill: () => void;
}

let threads: HeadThread[];
let runs: (() => Promise<Uint8Array<ArrayBuffer>>)[];
const gives = (value: number) => async () => new Uint8Array([value]);
const never = () => new Promise<never>(() => {});

function spawn(): HeadThread {
  const mourners = new Set<(cause: Error) => void>();
  const kill = () => {
    for (const tell of mourners) tell(new Error("killed"));
  };
  const loads: (readonly Backend[])[] = [];
  const remote: HeadWorker = {
    load: async (_, backends) => {
      loads.push(backends);
      return { backend: backends[0] as Backend, milliseconds: 5 };
    },
    run: async () => {
      const bytes = await (runs.shift() ?? gives(0))();
      return { bytes, milliseconds: 1, backend: loads.at(-1)?.[0] as Backend };
    },
    rebuild: async (_, features) => (features.length > 0 ? features : never()),
  };
  const thread: HeadThread = {
    remote,
    mourners,
    loads,
    ended: false,
    kill,
    end: () => {
      thread.ended = true;
    },
  };
  threads.push(thread);
  return thread;
}

beforeEach(() => {
  vi.stubGlobal("navigator", { userAgent: "test" });
  threads = [];
  runs = [];
});

afterEach(() => vi.unstubAllGlobals());

async function loaded(): Promise<LivingWorker> {
  const worker = new LivingWorker(spawn);
  expect(await worker.load(files, ["wasm", "webgl"])).toEqual({ backend: "wasm", milliseconds: 5 });
  return worker;
}

test("a thread that goes on is never replaced", async () => {
  const worker = await loaded();
  runs = [gives(1), gives(2)];
  expect((await worker.run(files.golden.input)).bytes).toEqual(new Uint8Array([1]));
  expect((await worker.run(files.golden.input)).bytes).toEqual(new Uint8Array([2]));
  expect(threads.length).toBe(1);
});

test("a thread that dies in a run is replaced, and the run done again on another back end", async () => {
  const worker = await loaded();
  runs = [never, gives(7)];
  const running = worker.run(files.golden.input);
  threads[0]?.kill();
  expect(await running).toMatchObject({ bytes: new Uint8Array([7]), backend: "webgl" });
  expect(threads.map(({ ended }) => ended)).toEqual([true, false]);
  expect(threads[1]?.loads).toEqual([["webgl", "wasm"]]);
});

test("a run that throws, as for a lost context, is done again in a new thread; twice is told", async () => {
  const worker = await loaded();
  const lost = () => Promise.reject(new Error("The WebGL context is lost."));
  runs = [lost, gives(3)];
  expect((await worker.run(files.golden.input)).bytes).toEqual(new Uint8Array([3]));
  runs = [lost, lost];
  await expect(worker.run(files.golden.input)).rejects.toThrow("context is lost");
});

test("a decoder that takes its thread with it is told, and the next photo is run all the same", async () => {
  const worker = await loaded();
  const decoder = { model: "", weights: new ArrayBuffer(0), shape: [2] };
  expect(await worker.rebuild(decoder, Float32Array.of(1, 2), 1)).toEqual(Float32Array.of(1, 2));
  const rebuilding = worker.rebuild(decoder, new Float32Array(), 1);
  threads[0]?.kill();
  await expect(rebuilding).rejects.toThrow("killed");
  runs = [() => Promise.reject(new Error("No head is loaded.")), gives(4)];
  expect((await worker.run(files.golden.input)).bytes).toEqual(new Uint8Array([4]));
});

test("a thread that says nothing is given up", async () => {
  vi.useFakeTimers();
  try {
    const worker = await loaded();
    runs = [never, gives(4)];
    const running = worker.run(files.golden.input);
    await vi.advanceTimersByTimeAsync(20_001);
    expect((await running).bytes).toEqual(new Uint8Array([4]));
    expect(threads.length).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test("a thread that dies while it loads is replaced, what it died of tried last", async () => {
  let first = true;
  const worker = new LivingWorker(() => {
    const thread = spawn();
    if (!first) return thread;
    first = false;
    return { ...thread, remote: { ...thread.remote, load: () => never() } };
  });
  const loading = worker.load(files, ["wasm", "webgl"]);
  threads[0]?.kill();
  expect((await loading).backend).toBe("webgl");
});

test("a thread that dies while nobody asks is replaced by the next question, and not waited for", async () => {
  const worker = new LivingWorker(spawn);
  threads[0]?.kill();
  expect((await worker.load(files, ["wasm", "webgl"])).backend).toBe("wasm");
  expect(threads.map(({ ended }) => ended)).toEqual([true, false]);
});

test("a thread that dies between two photos is replaced, on the same back end", async () => {
  const worker = await loaded();
  threads[0]?.kill();
  runs = [gives(5)];
  expect(await worker.run(files.golden.input)).toMatchObject({ bytes: new Uint8Array([5]), backend: "wasm" });
  expect(threads[1]?.loads).toEqual([["wasm", "webgl"]]);
});

test("a photo whose thread cannot be replaced is not the last one that is tried", async () => {
  let failing = false;
  const worker = new LivingWorker(() => {
    const thread = spawn();
    return failing
      ? { ...thread, remote: { ...thread.remote, load: () => Promise.reject(new Error("gone")) } }
      : thread;
  });
  await worker.load(files, ["wasm", "webgl"]);
  threads[0]?.kill();
  failing = true;
  await expect(worker.run(files.golden.input)).rejects.toThrow("gone");
  failing = false;
  runs = [() => Promise.reject(new Error("No head is loaded.")), gives(6)];
  expect((await worker.run(files.golden.input)).bytes).toEqual(new Uint8Array([6]));
});

test("nothing of a finished question is kept", async () => {
  const worker = await loaded();
  const before = threads[0]?.mourners.size;
  for (let i = 0; i < 5; i++) await worker.run(files.golden.input);
  expect(threads[0]?.mourners.size).toBe(before);
});
