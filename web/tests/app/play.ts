import type { Checked, Unsent } from "../../src/app/checked.ts";
import type { Screens, Steps } from "../../src/app/flow.ts";
import type { Mode } from "../../src/app/mode.ts";
import type { Answer } from "../../src/contract/answer.ts";
import { NOTHING_TOLD, type Told } from "../../src/contract/metadata.ts";
import type { Head } from "../../src/head/load.ts";
import type { Progress } from "../../src/ui/working.ts";
import { type METADATA_SPEC, manifestWith } from "../manifests.ts";

export const NEW = "fedcba9876543210";
export const answer = {
  malignant: 0.3,
  benign: 0.7,
  decision: "suspicious",
  operatingPoint: { name: "sensitivity_95", threshold: 0.125, thresholds: {}, target_sensitivity: 0.95 },
  threshold: 0.125,
  domain: null,
  prevalence: 0.2,
  serverMilliseconds: 20,
} satisfies Answer;

/** A person and a server who do what the script says; what happened is written down in order. */
export interface Play {
  log: string[];
  photos: (string | null)[];
  reviews: (Told | "again" | "add" | "remove")[];
  asked: Told[];
  spec: typeof METADATA_SPEC | null;
  cancelWhile: string;
  afterTrouble: ("try_again" | "back")[];
  sends: (Answer | Answer[] | Error | "cancel")[];
  shown: Checked[];
  sent: { id: string; bytes: number[] }[];
  runs: number;
  mode: Mode;
  dryRuns: Unsent[];
  afterDryRun: ("send" | "another" | "start")[];
  tailRuns: number[][];
  cancel: () => void;
}

const fresh = (): Play => ({
  log: [],
  photos: ["mole", null],
  reviews: [],
  asked: [],
  spec: null,
  cancelWhile: "",
  afterTrouble: [],
  sends: [],
  shown: [],
  sent: [],
  runs: 0,
  mode: "split",
  dryRuns: [],
  afterDryRun: [],
  tailRuns: [],
  cancel: () => {},
});

export const play: Play = fresh();

/** Before each test. */
export function begin(): void {
  Object.assign(play, fresh());
}

function headOf(id: string): Head {
  return {
    manifest: manifestWith({ id, metadata: play.spec }),
    backend: "wasm",
    run: async (input) => {
      play.log.push(`run ${id.slice(0, 2)}`);
      return { bytes: new Uint8Array(12).fill((input[0] ?? 0) + play.runs++), milliseconds: 5 };
    },
  };
}

export const screens: Screens<string> = {
  async capture() {
    play.log.push("capture");
    return play.photos.shift() ?? null;
  },
  async review(photos, before) {
    play.log.push(`review ${photos.join("+")}`);
    play.asked.push(before);
    const next = play.reviews.shift() ?? NOTHING_TOLD;
    if (next === "add") return { next, told: before };
    if (next === "again" || next === "remove") return { next, photo: photos.at(-1) ?? "", told: before };
    return { next: "use", told: next };
  },
  async working(_mode, work) {
    play.log.push("working");
    const controller = new AbortController();
    play.cancel = () => controller.abort();
    const report = (progress: Progress) => {
      play.log.push(progress.at === "busy" ? `busy ${progress.secondsLeft}` : progress.at);
    };
    return work(report, controller.signal);
  },
  async trouble({ kind }) {
    play.log.push(`trouble ${kind}`);
    return play.afterTrouble.shift() ?? "back";
  },
  async result(checked) {
    play.log.push("result");
    play.shown.push(checked);
    return "start";
  },
  async unsent(dry) {
    play.log.push("unsent");
    play.dryRuns.push(dry);
    return play.afterDryRun.shift() ?? "start";
  },
};

export const steps: Steps<string> = {
  mode: () => play.mode,
  async getHead() {
    return headOf("0123456789abcdef");
  },
  async replaceHead(id) {
    play.log.push("replace");
    return headOf(id);
  },
  prepareInput: (photo, size) => {
    play.log.push("prepare");
    return new Uint8Array(size * size * 3).fill(photo.length);
  },
  compress: async (request) => request,
  async sendFeatures(manifest, { body }, count, { signal, onSent }) {
    play.sent.push({ id: manifest.id, bytes: [...body.subarray(-12)] });
    onSent(body.length, body.length);
    const next = play.sends.shift() ?? answer;
    if (next === "cancel") play.cancel();
    signal.throwIfAborted();
    if (next instanceof Error) throw next;
    const answers = next === "cancel" ? answer : next;
    return { answers: Array.isArray(answers) ? answers : Array<Answer>(count).fill(answers), text: "{}" };
  },
  async runTail({ features, inputs }, onBytes) {
    onBytes(10, 20);
    play.tailRuns.push([...features]);
    const next = play.sends.shift() ?? answer;
    if (next instanceof Error) throw next;
    return { answers: Array<Answer>(inputs.length).fill(answer), text: '{"here":true}' };
  },
  async oneSecond(signal) {
    if (play.log.at(-1) === play.cancelWhile) play.cancel();
    signal.throwIfAborted();
  },
  release: (photo) => play.log.push(`release ${photo}`),
};
