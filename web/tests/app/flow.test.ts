import { beforeEach, describe, expect, test } from "vitest";
import { checkMoles } from "../../src/app/flow.ts";
import { NOTHING_TOLD, type Told } from "../../src/contract/metadata.ts";
import { BundleChanged, ServerBusy, Trouble } from "../../src/contract/trouble.ts";
import { METADATA_SPEC } from "../manifests.ts";
import { answer, begin, NEW, play, screens, steps } from "./play.ts";

beforeEach(begin);

test("the whole way, in order", async () => {
  await checkMoles(screens, steps);
  expect(play.log).toEqual([
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
  expect(play.shown[0]?.answered.agreement).toEqual({ verdict: "suspicious", shown: answer, index: 0, suspicious: 1 });
  expect([...(play.shown[0]?.made.features ?? [])]).toEqual(play.sent[0]?.bytes);
  expect(play.shown[0]?.made.request.body.length).toBeGreaterThan(12);
});

test("again means another photo, and the first is let go", async () => {
  play.photos = ["blurred", "sharp"];
  play.reviews = ["again", NOTHING_TOLD];
  await checkMoles(screens, steps);
  expect(play.log.filter((line) => /review|release/.test(line))).toEqual([
    "review blurred",
    "release blurred",
    "review sharp",
    "release sharp",
  ]);
});

test("going back from the camera sends nothing", async () => {
  play.photos = [null];
  await checkMoles(screens, steps);
  expect(play.log).toEqual(["capture"]);
  expect(play.sent).toEqual([]);
});

describe("when sending fails", () => {
  test("the same features are sent again on the person's word, and the head does not run twice", async () => {
    play.sends = [new Trouble("server_unreachable"), new Trouble("server_busy"), answer];
    play.afterTrouble = ["try_again", "try_again"];
    await checkMoles(screens, steps);
    expect(play.sent.length).toBe(3);
    expect(play.sent[1]).toEqual(play.sent[0]);
    expect(play.sent[2]).toEqual(play.sent[0]);
    expect(play.log.filter((line) => line.startsWith("run"))).toEqual(["run 01"]);
    expect(play.shown.length).toBe(1);
  });

  test("back leads to the photo, which is not lost", async () => {
    play.sends = [new Trouble("server_refused")];
    play.afterTrouble = ["back"];
    await checkMoles(screens, steps);
    const way = play.log.filter((line) => /review|trouble|result|release/.test(line));
    expect(way).toEqual(["review mole", "trouble server_refused", "review mole", "result", "release mole"]);
  });

  test("an error that nobody foresaw is a trouble as well", async () => {
    play.sends = [new TypeError("x is undefined")];
    await checkMoles(screens, steps);
    expect(play.log).toContain("trouble unexpected");
  });
});

describe("when the server holds another bundle", () => {
  test("the new head runs and its features are sent, once", async () => {
    play.sends = [new BundleChanged(NEW), answer];
    await checkMoles(screens, steps);
    expect(play.sent.map(({ id }) => id)).toEqual(["0123456789abcdef", NEW]);
    expect(play.sent[1]?.bytes).not.toEqual(play.sent[0]?.bytes);
    expect(play.shown[0]?.made.manifest.id).toBe(NEW);
    expect(play.log.some((line) => line.startsWith("trouble"))).toBe(false);
  });

  test("a second change is a trouble, not a loop", async () => {
    play.sends = [new BundleChanged(NEW), new BundleChanged("0".repeat(16))];
    await checkMoles(screens, steps);
    expect(play.sent.length).toBeGreaterThanOrEqual(2);
    expect(play.log.filter((line) => line === "trouble bundle_changed").length).toBe(1);
  });
});

test("cancelling shows no trouble and no answer, and comes back to the photo", async () => {
  play.sends = ["cancel"];
  play.reviews = [NOTHING_TOLD, "again"];
  await checkMoles(screens, steps);
  expect(play.log.filter((line) => /trouble|result/.test(line))).toEqual([]);
  expect(play.log.filter((line) => line === "review mole").length).toBe(2);
});

describe("when the server is busy and names a time", () => {
  test("the same features are sent again after it, and nobody has to do anything", async () => {
    play.sends = [new ServerBusy(2), new ServerBusy(0), answer];
    await checkMoles(screens, steps);
    const way = play.log.slice(play.log.indexOf("sending"), play.log.indexOf("result") + 1);
    const once = ["sending", "server"];
    expect(way).toEqual([...once, "busy 2", "busy 1", ...once, "busy 1", ...once, "result"]);
    expect(play.sent.length).toBe(3);
    expect(play.sent[2]).toEqual(play.sent[0]);
    expect(play.log.filter((line) => line.startsWith("run"))).toEqual(["run 01"]);
  });

  test("after three waits the person is asked", async () => {
    play.sends = Array.from({ length: 4 }, () => new ServerBusy(1));
    play.afterTrouble = ["try_again"];
    await checkMoles(screens, steps);
    expect(play.log.filter((line) => line === "busy 1").length).toBe(3);
    expect(play.log.filter((line) => line.startsWith("trouble"))).toEqual(["trouble server_busy"]);
    expect(play.sent.length).toBe(5);
    expect(play.shown.length).toBe(1);
  });

  test("nobody is kept waiting for minutes", async () => {
    play.sends = [new ServerBusy(3600)];
    await checkMoles(screens, steps);
    expect(play.log.some((line) => line.startsWith("busy"))).toBe(false);
    expect(play.log).toContain("trouble server_busy");
  });

  test("cancelling while waiting sends nothing more, and the photo is not lost", async () => {
    play.sends = [new ServerBusy(5)];
    play.reviews = [NOTHING_TOLD, "again"];
    play.cancelWhile = "busy 4";
    await checkMoles(screens, steps);
    expect(play.sent.length).toBe(1);
    expect(play.log.filter((line) => /busy|trouble|result/.test(line))).toEqual(["busy 5", "busy 4"]);
    expect(play.log.filter((line) => line === "review mole").length).toBe(2);
  });
});

describe("what the person tells", () => {
  const told: Told = { age: 50, sex: "male", site: "trunk" };

  test("goes with the features where it helps, and is known afterwards to the number", async () => {
    play.spec = METADATA_SPEC;
    play.reviews = [told];
    await checkMoles(screens, steps);
    expect(play.shown[0]?.made.metadata).toEqual(Float32Array.from([0.5, 1, 0, 1, 0, 1, 0]));
    expect(play.shown[0]?.made.told).toEqual(told);
    expect(play.shown[0]?.made.request.body.length).toBeGreaterThan(12 + 28);
  });

  test("is not sent where it does not help, nor where the bundle takes none", async () => {
    for (const taken of [null, { ...METADATA_SPEC, helps: false }]) {
      play.spec = taken;
      play.photos = ["mole", null];
      play.reviews = [told];
      await checkMoles(screens, steps);
    }
    expect(play.shown.map(({ made }) => made.metadata)).toEqual([null, null]);
    expect(play.shown.map(({ made }) => made.told)).toEqual([NOTHING_TOLD, NOTHING_TOLD]);
  });

  test("is still there when the same photo comes back, and gone with the next", async () => {
    play.photos = ["mole", "other", null];
    play.reviews = [told, "again", NOTHING_TOLD];
    play.sends = [new Trouble("server_slow"), answer];
    await checkMoles(screens, steps);
    expect(play.asked).toEqual([NOTHING_TOLD, told, NOTHING_TOLD]);
  });
});
