import { beforeEach, describe, expect, test } from "vitest";
import { checkMoles } from "../../src/app/flow.ts";
import type { Answer } from "../../src/contract/answer.ts";
import { NOTHING_TOLD } from "../../src/contract/metadata.ts";
import { Trouble } from "../../src/contract/trouble.ts";
import { answer, begin, play, screens, steps } from "./play.ts";

beforeEach(begin);

describe("several photos of one mole", () => {
  const calm: Answer = { ...answer, malignant: 0.05, benign: 0.95, decision: "not_suspicious" };

  test("go in one request, and the worst of them is shown", async () => {
    play.photos = ["front", "side", "lamp", null];
    play.reviews = ["add", "add", NOTHING_TOLD];
    play.sends = [[calm, answer, calm]];
    await checkMoles(screens, steps);
    expect(play.log.filter((line) => /review|release/.test(line))).toEqual([
      "review front",
      "review front+side",
      "review front+side+lamp",
      "release front",
      "release side",
      "release lamp",
    ]);
    expect(play.log.filter((line) => line === "run 01").length).toBe(3);
    expect(play.sent.length).toBe(1);
    expect(play.shown[0]?.made.inputs.length).toBe(3);
    expect(play.shown[0]?.made.features.length).toBe(36);
    expect(play.shown[0]?.answered.agreement).toEqual({ verdict: "mixed", shown: answer, index: 1, suspicious: 1 });
  });

  test("one can be left out, and going back from the camera keeps the others", async () => {
    play.photos = ["front", "side", null];
    play.reviews = ["add", "remove", "add", NOTHING_TOLD];
    await checkMoles(screens, steps);
    const way = play.log.filter((line) => /capture|review|release/.test(line));
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
    expect(play.shown[0]?.made.inputs.length).toBe(1);
  });

  test("after a trouble all of them are still there", async () => {
    play.photos = ["front", "side"];
    play.reviews = ["add", NOTHING_TOLD];
    play.sends = [new Trouble("server_slow"), answer];
    await checkMoles(screens, steps);
    expect(play.log.filter((line) => line === "review front+side").length).toBe(2);
    expect(play.shown[0]?.answered.agreement.suspicious).toBe(2);
  });
});

describe("where it is computed", () => {
  test("all on this phone: the tail runs here, and nothing is sent", async () => {
    play.mode = "phone";
    await checkMoles(screens, steps);
    expect(play.log).toEqual([
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
    expect(play.sent).toEqual([]);
    expect(play.tailRuns).toEqual([[...(play.shown[0]?.made.features ?? [])]]);
    expect(play.shown[0]?.place).toBe("phone");
    expect(play.shown[0]?.answered.reply).toBe('{"here":true}');
  });

  test("a tail that fails here never leads to the server", async () => {
    play.mode = "phone";
    play.sends = [new Trouble("tail_failed"), answer];
    play.afterTrouble = ["try_again"];
    await checkMoles(screens, steps);
    expect(play.sent).toEqual([]);
    expect(play.log).toContain("trouble tail_failed");
    expect(play.log.filter((line) => line === "run 01").length).toBe(1);
    expect(play.shown[0]?.place).toBe("phone");
  });

  test("a dry run ends before anything is sent", async () => {
    play.mode = "dry";
    await checkMoles(screens, steps);
    expect(play.log.slice(-3)).toEqual(["run 01", "unsent", "release mole"]);
    expect(play.sent).toEqual([]);
    expect(play.tailRuns).toEqual([]);
    expect(play.dryRuns[0]?.made.request.body.length).toBeGreaterThan(12);
  });

  test("what a dry run showed is sent on the person's word, to the byte", async () => {
    play.mode = "dry";
    play.afterDryRun = ["send"];
    await checkMoles(screens, steps);
    expect(play.sent.length).toBe(1);
    expect(play.sent[0]?.bytes).toEqual([...(play.dryRuns[0]?.made.request.body.subarray(-12) ?? [])]);
    expect(play.log.filter((line) => line === "run 01").length).toBe(1);
    expect(play.shown[0]?.place).toBe("server");
  });

  test("another mole after a dry run is another dry run", async () => {
    play.mode = "dry";
    play.photos = ["front", "other", null];
    play.afterDryRun = ["another", "start"];
    await checkMoles(screens, steps);
    expect(play.dryRuns.length).toBe(2);
    expect(play.sent).toEqual([]);
  });
});
