import { beforeEach, describe, expect, test } from "vitest";
import type { Checked, Unsent } from "../../src/app/checked.ts";
import { checkMoles, type Screens, type Steps } from "../../src/app/flow.ts";
import type { Mode } from "../../src/app/mode.ts";
import type { Answer } from "../../src/contract/answer.ts";
import { NOTHING_TOLD, type Told } from "../../src/contract/metadata.ts";
import { BundleChanged, ServerBusy, Trouble } from "../../src/contract/trouble.ts";
import type { Head } from "../../src/head/load.ts";
import type { Progress } from "../../src/ui/working.ts";
import { METADATA_SPEC, manifestWith } from "../manifests.ts";

const NEW = "fedcba9876543210";
const answer: Answer = {
  malignant: 0.3,
  benign: 0.7,
  decision: "suspicious",
  operatingPoint: { name: "sensitivity_95", threshold: 0.125, thresholds: {}, target_sensitivity: 0.95 },
  threshold: 0.125,
  domain: null,
  prevalence: 0.2,
  serverMilliseconds: 20,
};

/** A person and a server who do what the script says; what happened is written down in order. */
let log: string[];
let photos: (string | null)[];
let reviews: (Told | "again" | "add" | "remove")[];
let asked: Told[];
let spec: typeof METADATA_SPEC | null;
let cancelWhile: string;
let afterTrouble: ("try_again" | "back")[];
let sends: (Answer | Answer[] | Error | "cancel")[];
let shown: Checked[];
let sent: { id: string; bytes: number[] }[];
let runs: number;
let mode: Mode;
let dryRuns: Unsent[];
let afterDryRun: ("send" | "another" | "start")[];
let tailRuns: number[][];
let cancel: () => void;

function headOf(id: string): Head {
  return {
    manifest: manifestWith({ id, metadata: spec }),
    backend: "wasm",
    run: async (input) => {
      log.push(`run ${id.slice(0, 2)}`);
      return { bytes: new Uint8Array(12).fill((input[0] ?? 0) + runs++), milliseconds: 5 };
    },
  };
}

const screens: Screens<string> = {
  async capture() {
    log.push("capture");
    return photos.shift() ?? null;
  },
  async review(photos, before) {
    log.push(`review ${photos.join("+")}`);
    asked.push(before);
    const next = reviews.shift() ?? NOTHING_TOLD;
    if (next === "add") return { next, told: before };
    if (next === "again" || next === "remove") return { next, photo: photos.at(-1) ?? "", told: before };
    return { next: "use", told: next };
  },
  async working(_mode, work) {
    log.push("working");
    const controller = new AbortController();
    cancel = () => controller.abort();
    const report = (progress: Progress) => {
      log.push(progress.at === "busy" ? `busy ${progress.secondsLeft}` : progress.at);
    };
    return work(report, controller.signal);
  },
  async trouble({ kind }) {
    log.push(`trouble ${kind}`);
    return afterTrouble.shift() ?? "back";
  },
  async result(checked) {
    log.push("result");
    shown.push(checked);
    return "start";
  },
  async unsent(dry) {
    log.push("unsent");
    dryRuns.push(dry);
    return afterDryRun.shift() ?? "start";
  },
};

const steps: Steps<string> = {
  mode: () => mode,
  async getHead() {
    return headOf("0123456789abcdef");
  },
  async replaceHead(id) {
    log.push("replace");
    return headOf(id);
  },
  prepareInput: (photo, size) => {
    log.push("prepare");
    return new Uint8Array(size * size * 3).fill(photo.length);
  },
  compress: async (request) => request,
  async sendFeatures(manifest, { body }, count, { signal, onSent }) {
    sent.push({ id: manifest.id, bytes: [...body.subarray(-12)] });
    onSent(body.length, body.length);
    const next = sends.shift() ?? answer;
    if (next === "cancel") cancel();
    signal.throwIfAborted();
    if (next instanceof Error) throw next;
    const answers = next === "cancel" ? answer : next;
    return { answers: Array.isArray(answers) ? answers : Array<Answer>(count).fill(answers), text: "{}" };
  },
  async runTail({ features, inputs }, onBytes) {
    onBytes(10, 20);
    tailRuns.push([...features]);
    const next = sends.shift() ?? answer;
    if (next instanceof Error) throw next;
    return { answers: Array<Answer>(inputs.length).fill(answer), text: '{"here":true}' };
  },
  async oneSecond(signal) {
    if (log.at(-1) === cancelWhile) cancel();
    signal.throwIfAborted();
  },
  release: (photo) => log.push(`release ${photo}`),
};

beforeEach(() => {
  log = [];
  photos = ["mole", null];
  reviews = [];
  asked = [];
  spec = null;
  cancelWhile = "";
  afterTrouble = [];
  sends = [];
  shown = [];
  sent = [];
  runs = 0;
  mode = "split";
  dryRuns = [];
  afterDryRun = [];
  tailRuns = [];
});

test("the whole way, in order", async () => {
  await checkMoles(screens, steps);
  expect(log).toEqual([
    "capture",
    "review mole",
    "working",
    "phone",
    "head",
    "prepare",
    "run 01",
    "sending",
    "server",
    "result",
    "release mole",
  ]);
  expect(shown[0]?.answered.agreement).toEqual({ verdict: "suspicious", shown: answer, index: 0, suspicious: 1 });
  expect([...(shown[0]?.made.features ?? [])]).toEqual(sent[0]?.bytes);
  expect(shown[0]?.made.request.body.length).toBeGreaterThan(12);
});

test("again means another photo, and the first is let go", async () => {
  photos = ["blurred", "sharp"];
  reviews = ["again", NOTHING_TOLD];
  await checkMoles(screens, steps);
  expect(log.filter((line) => /review|release/.test(line))).toEqual([
    "review blurred",
    "release blurred",
    "review sharp",
    "release sharp",
  ]);
});

test("going back from the camera sends nothing", async () => {
  photos = [null];
  await checkMoles(screens, steps);
  expect(log).toEqual(["capture"]);
  expect(sent).toEqual([]);
});

describe("when sending fails", () => {
  test("the same features are sent again on the person's word, and the head does not run twice", async () => {
    sends = [new Trouble("server_unreachable"), new Trouble("server_busy"), answer];
    afterTrouble = ["try_again", "try_again"];
    await checkMoles(screens, steps);
    expect(sent.length).toBe(3);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
    expect(log.filter((line) => line.startsWith("run"))).toEqual(["run 01"]);
    expect(shown.length).toBe(1);
  });

  test("back leads to the photo, which is not lost", async () => {
    sends = [new Trouble("server_refused")];
    afterTrouble = ["back"];
    await checkMoles(screens, steps);
    const way = log.filter((line) => /review|trouble|result|release/.test(line));
    expect(way).toEqual(["review mole", "trouble server_refused", "review mole", "result", "release mole"]);
  });

  test("an error that nobody foresaw is a trouble as well", async () => {
    sends = [new TypeError("x is undefined")];
    await checkMoles(screens, steps);
    expect(log).toContain("trouble unexpected");
  });
});

describe("when the server holds another bundle", () => {
  test("the new head runs and its features are sent, once", async () => {
    sends = [new BundleChanged(NEW), answer];
    await checkMoles(screens, steps);
    expect(sent.map(({ id }) => id)).toEqual(["0123456789abcdef", NEW]);
    expect(sent[1]?.bytes).not.toEqual(sent[0]?.bytes);
    expect(shown[0]?.made.manifest.id).toBe(NEW);
    expect(log.some((line) => line.startsWith("trouble"))).toBe(false);
  });

  test("a second change is a trouble, not a loop", async () => {
    sends = [new BundleChanged(NEW), new BundleChanged("0".repeat(16))];
    await checkMoles(screens, steps);
    expect(sent.length).toBeGreaterThanOrEqual(2);
    expect(log.filter((line) => line === "trouble bundle_changed").length).toBe(1);
  });
});

test("cancelling shows no trouble and no answer, and comes back to the photo", async () => {
  sends = ["cancel"];
  reviews = [NOTHING_TOLD, "again"];
  await checkMoles(screens, steps);
  expect(log.filter((line) => /trouble|result/.test(line))).toEqual([]);
  expect(log.filter((line) => line === "review mole").length).toBe(2);
});

describe("when the server is busy and names a time", () => {
  test("the same features are sent again after it, and nobody has to do anything", async () => {
    sends = [new ServerBusy(2), new ServerBusy(0), answer];
    await checkMoles(screens, steps);
    const way = log.slice(log.indexOf("sending"), log.indexOf("result") + 1);
    const once = ["sending", "server"];
    expect(way).toEqual([...once, "busy 2", "busy 1", ...once, "busy 1", ...once, "result"]);
    expect(sent.length).toBe(3);
    expect(sent[2]).toEqual(sent[0]);
    expect(log.filter((line) => line.startsWith("run"))).toEqual(["run 01"]);
  });

  test("after three waits the person is asked", async () => {
    sends = Array.from({ length: 4 }, () => new ServerBusy(1));
    afterTrouble = ["try_again"];
    await checkMoles(screens, steps);
    expect(log.filter((line) => line === "busy 1").length).toBe(3);
    expect(log.filter((line) => line.startsWith("trouble"))).toEqual(["trouble server_busy"]);
    expect(sent.length).toBe(5);
    expect(shown.length).toBe(1);
  });

  test("nobody is kept waiting for minutes", async () => {
    sends = [new ServerBusy(3600)];
    await checkMoles(screens, steps);
    expect(log.some((line) => line.startsWith("busy"))).toBe(false);
    expect(log).toContain("trouble server_busy");
  });

  test("cancelling while waiting sends nothing more, and the photo is not lost", async () => {
    sends = [new ServerBusy(5)];
    reviews = [NOTHING_TOLD, "again"];
    cancelWhile = "busy 4";
    await checkMoles(screens, steps);
    expect(sent.length).toBe(1);
    expect(log.filter((line) => /busy|trouble|result/.test(line))).toEqual(["busy 5", "busy 4"]);
    expect(log.filter((line) => line === "review mole").length).toBe(2);
  });
});

describe("what the person tells", () => {
  const told: Told = { age: 50, sex: "male", site: "trunk" };

  test("goes with the features where it helps, and is known afterwards to the number", async () => {
    spec = METADATA_SPEC;
    reviews = [told];
    await checkMoles(screens, steps);
    expect(shown[0]?.made.metadata).toEqual(Float32Array.from([0.5, 1, 0, 1, 0, 1, 0]));
    expect(shown[0]?.made.told).toEqual(told);
    expect(shown[0]?.made.request.body.length).toBeGreaterThan(12 + 28);
  });

  test("is not sent where it does not help, nor where the bundle takes none", async () => {
    for (const taken of [null, { ...METADATA_SPEC, helps: false }]) {
      spec = taken;
      photos = ["mole", null];
      reviews = [told];
      await checkMoles(screens, steps);
    }
    expect(shown.map(({ made }) => made.metadata)).toEqual([null, null]);
    expect(shown.map(({ made }) => made.told)).toEqual([NOTHING_TOLD, NOTHING_TOLD]);
  });

  test("is still there when the same photo comes back, and gone with the next", async () => {
    photos = ["mole", "other", null];
    reviews = [told, "again", NOTHING_TOLD];
    sends = [new Trouble("server_slow"), answer];
    await checkMoles(screens, steps);
    expect(asked).toEqual([NOTHING_TOLD, told, NOTHING_TOLD]);
  });
});

describe("several photos of one mole", () => {
  const calm: Answer = { ...answer, malignant: 0.05, benign: 0.95, decision: "not_suspicious" };

  test("go in one request, and the worst of them is shown", async () => {
    photos = ["front", "side", "lamp", null];
    reviews = ["add", "add", NOTHING_TOLD];
    sends = [[calm, answer, calm]];
    await checkMoles(screens, steps);
    expect(log.filter((line) => /review|release/.test(line))).toEqual([
      "review front",
      "review front+side",
      "review front+side+lamp",
      "release front",
      "release side",
      "release lamp",
    ]);
    expect(log.filter((line) => line === "run 01").length).toBe(3);
    expect(sent.length).toBe(1);
    expect(shown[0]?.made.inputs.length).toBe(3);
    expect(shown[0]?.made.features.length).toBe(36);
    expect(shown[0]?.answered.agreement).toEqual({ verdict: "mixed", shown: answer, index: 1, suspicious: 1 });
  });

  test("one can be left out, and going back from the camera keeps the others", async () => {
    photos = ["front", "side", null];
    reviews = ["add", "remove", "add", NOTHING_TOLD];
    await checkMoles(screens, steps);
    const way = log.filter((line) => /capture|review|release/.test(line));
    expect(way).toEqual([
      "capture",
      "review front",
      "capture",
      "review front+side",
      "release side",
      "review front",
      "capture",
      "review front",
      "release front",
    ]);
    expect(shown[0]?.made.inputs.length).toBe(1);
  });

  test("after a trouble all of them are still there", async () => {
    photos = ["front", "side"];
    reviews = ["add", NOTHING_TOLD];
    sends = [new Trouble("server_slow"), answer];
    await checkMoles(screens, steps);
    expect(log.filter((line) => line === "review front+side").length).toBe(2);
    expect(shown[0]?.answered.agreement.suspicious).toBe(2);
  });
});

describe("where it is computed", () => {
  test("all on this phone: the tail runs here, and nothing is sent", async () => {
    mode = "phone";
    await checkMoles(screens, steps);
    expect(log).toEqual([
      "capture",
      "review mole",
      "working",
      "phone",
      "head",
      "prepare",
      "run 01",
      "tail",
      "tail",
      "result",
      "release mole",
    ]);
    expect(sent).toEqual([]);
    expect(tailRuns).toEqual([[...(shown[0]?.made.features ?? [])]]);
    expect(shown[0]?.place).toBe("phone");
    expect(shown[0]?.answered.reply).toBe('{"here":true}');
  });

  test("a tail that fails here never leads to the server", async () => {
    mode = "phone";
    sends = [new Trouble("tail_failed"), answer];
    afterTrouble = ["try_again"];
    await checkMoles(screens, steps);
    expect(sent).toEqual([]);
    expect(log).toContain("trouble tail_failed");
    expect(log.filter((line) => line === "run 01").length).toBe(1);
    expect(shown[0]?.place).toBe("phone");
  });

  test("a dry run ends before anything is sent", async () => {
    mode = "dry";
    await checkMoles(screens, steps);
    expect(log.slice(-3)).toEqual(["run 01", "unsent", "release mole"]);
    expect(sent).toEqual([]);
    expect(tailRuns).toEqual([]);
    expect(dryRuns[0]?.made.request.body.length).toBeGreaterThan(12);
  });

  test("what a dry run showed is sent on the person's word, to the byte", async () => {
    mode = "dry";
    afterDryRun = ["send"];
    await checkMoles(screens, steps);
    expect(sent.length).toBe(1);
    expect(sent[0]?.bytes).toEqual([...(dryRuns[0]?.made.request.body.subarray(-12) ?? [])]);
    expect(log.filter((line) => line === "run 01").length).toBe(1);
    expect(shown[0]?.place).toBe("server");
  });

  test("another mole after a dry run is another dry run", async () => {
    mode = "dry";
    photos = ["front", "other", null];
    afterDryRun = ["another", "start"];
    await checkMoles(screens, steps);
    expect(dryRuns.length).toBe(2);
    expect(sent).toEqual([]);
  });
});
