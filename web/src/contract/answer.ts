/** From a reply to an answer that may be shown: anything that does not add up is a trouble, never a guess. */

import type { Manifest, OperatingPoint } from "./manifest.ts";
import { Trouble } from "./trouble.ts";
import type { Output, Reply } from "./wire.ts";

export type Decision = "suspicious" | "not_suspicious";

export interface Answer {
  /** Calibrated probabilities, 0..1, of the labels that are counted malignant and of the others. */
  readonly malignant: number;
  readonly benign: number;
  readonly decision: Decision;
  readonly operatingPoint: OperatingPoint;
  /** What the server says that its stages took, in milliseconds, null where it says nothing. */
  readonly serverMilliseconds: number | null;
}

/** float32 probabilities add up to one only so far. */
const TOLERANCE = 1e-3;

/** Read a reply for one photo. Throws Trouble `reply_invalid` where it contradicts the manifest or itself. */
export function readAnswer(reply: Reply, manifest: Manifest): Answer {
  if (reply.modelVersion !== manifest.id || reply.modelName !== manifest.name) {
    throw invalid(`Expected an answer of bundle ${manifest.id}, got one of ${reply.modelVersion}.`);
  }
  const probabilities = readProbabilities(reply, manifest.labels);
  const malignant = sum(probabilities.filter((_, index) => manifest.malignant.includes(manifest.labels[index] ?? "")));
  const benign = sum(probabilities) - malignant;
  const operatingPoint = readOperatingPoint(reply, manifest);
  const decision = readDecision(reply);
  const clear = Math.abs(malignant - operatingPoint.threshold) > TOLERANCE;
  if (clear && (decision === "suspicious") !== malignant >= operatingPoint.threshold) {
    throw invalid("The decision and the probability contradict each other.");
  }
  const total = reply.parameters.total_ms;
  return { malignant, benign, decision, operatingPoint, serverMilliseconds: typeof total === "number" ? total : null };
}

function readProbabilities(reply: Reply, labels: readonly string[]): number[] {
  const { shape, data } = output(reply, "probabilities");
  if (shape.length !== 2 || shape[0] !== 1 || shape[1] !== labels.length) {
    throw invalid(`Expected probabilities of shape [1,${labels.length}], got [${shape}].`);
  }
  const named = output(reply, "labels").data;
  if (named.length !== labels.length || !labels.every((label, index) => named[index] === label)) {
    throw invalid("The labels are not those of the bundle.");
  }
  const values = data.filter((value): value is number => typeof value === "number" && value >= 0 && value <= 1);
  if (values.length !== labels.length) throw invalid("A probability is not a number from 0 to 1.");
  if (!(Math.abs(sum(values) - 1) <= TOLERANCE)) throw invalid("The probabilities do not add up to one.");
  return values;
}

function readDecision(reply: Reply): Decision {
  const { data } = output(reply, "decisions");
  const [decision] = data;
  if (data.length !== 1 || (decision !== "suspicious" && decision !== "not_suspicious")) {
    throw invalid("Expected one decision.");
  }
  return decision;
}

function readOperatingPoint(reply: Reply, manifest: Manifest): OperatingPoint {
  const point = manifest.operating_points.find(({ name }) => name === reply.parameters.operating_point);
  if (point === undefined) throw invalid("The answer names an operating point that the bundle does not have.");
  return point;
}

function output(reply: Reply, name: string): Output {
  const found = reply.outputs.find((candidate) => candidate.name === name);
  if (found === undefined) throw invalid(`The answer has no '${name}'.`);
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function invalid(detail: string): Trouble {
  return new Trouble("reply_invalid", detail);
}
