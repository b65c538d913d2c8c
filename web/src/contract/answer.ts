/** From a reply to an answer that may be shown: anything that does not add up is a trouble, never a guess. */

import { DOMAIN_LABELS, type Domain, type DomainLabel, type Manifest, type OperatingPoint } from "./manifest.ts";
import { Trouble } from "./trouble.ts";
import type { Output, Reply } from "./wire.ts";

interface Served {
  /** What the server says that its stages took, in milliseconds, null where it says nothing. */
  readonly serverMilliseconds: number | null;
}

/** The network judged the photo. */
export interface Judged extends Served {
  readonly decision: "suspicious" | "not_suspicious";
  /** Calibrated probabilities, 0..1, of the labels that are counted malignant and of the others. */
  readonly malignant: number;
  readonly benign: number;
  readonly operatingPoint: OperatingPoint;
  /** The kind of picture that the answer is for, null where the network tells none apart. */
  readonly domain: Domain | null;
  /** The share of malignant pictures, 0..1, that the probabilities hold for. */
  readonly prevalence: number;
}

/** The photo is of no kind that the network knows. It holds no probability, so that none can be shown. */
export interface Declined extends Served {
  readonly decision: "cannot_tell";
}

export type Answer = Judged | Declined;

/** float32 probabilities add up to one only so far. */
const TOLERANCE = 1e-3;

/** Read a reply for one photo. Throws Trouble `reply_invalid` where it contradicts the manifest or itself. */
export function readAnswer(reply: Reply, manifest: Manifest): Answer {
  if (reply.modelVersion !== manifest.id || reply.modelName !== manifest.name) {
    throw invalid(`Expected an answer of bundle ${manifest.id}, got one of ${reply.modelVersion}.`);
  }
  const total = reply.parameters.total_ms;
  const serverMilliseconds = typeof total === "number" ? total : null;
  const probabilities = readProbabilities(reply, manifest.labels);
  const decision = readDecision(reply);
  const domain = manifest.domains === null ? null : readDomain(reply, manifest.domains, decision);
  if (decision === "cannot_tell" || domain === "neither") return { decision: "cannot_tell", serverMilliseconds };
  const malignant = sum(probabilities.filter((_, index) => manifest.malignant.includes(manifest.labels[index] ?? "")));
  const benign = sum(probabilities) - malignant;
  const operatingPoint = readOperatingPoint(reply, manifest);
  const clear = Math.abs(malignant - operatingPoint.threshold) > TOLERANCE;
  if (clear && (decision === "suspicious") !== malignant >= operatingPoint.threshold) {
    throw invalid("The decision and the probability contradict each other.");
  }
  const prevalence = (domain && manifest.domains?.prevalence[domain]) ?? manifest.prevalence;
  return { malignant, benign, decision, operatingPoint, domain, prevalence, serverMilliseconds };
}

function readProbabilities(reply: Reply, labels: readonly string[]): number[] {
  const named = output(reply, "labels").data;
  if (named.length !== labels.length || !labels.every((label, index) => named[index] === label)) {
    throw invalid("The labels are not those of the bundle.");
  }
  return readShares(reply, "probabilities", labels.length);
}

/** One row of numbers from 0 to 1 that add up to one. */
function readShares(reply: Reply, name: string, count: number): number[] {
  const { shape, data } = output(reply, name);
  if (shape.length !== 2 || shape[0] !== 1 || shape[1] !== count) {
    throw invalid(`Expected ${name} of shape [1,${count}], got [${shape}].`);
  }
  const values = data.filter((value): value is number => typeof value === "number" && value >= 0 && value <= 1);
  if (values.length !== count) throw invalid(`A value of ${name} is not a number from 0 to 1.`);
  if (!(Math.abs(sum(values) - 1) <= TOLERANCE)) throw invalid(`The ${name} do not add up to one.`);
  return values;
}

const DECISIONS = ["suspicious", "not_suspicious", "cannot_tell"] as const;
type Decision = (typeof DECISIONS)[number];

function readDecision(reply: Reply): Decision {
  return oneOf(reply, "decisions", DECISIONS);
}

/** A bundle that tells domains apart must say which one, and may not decide where it is `neither`. */
function readDomain(reply: Reply, spec: NonNullable<Manifest["domains"]>, decision: Decision): DomainLabel {
  const domain = oneOf(reply, "domains", DOMAIN_LABELS);
  const shares = readShares(reply, "domain_probabilities", spec.labels.length);
  const neither = shares[spec.labels.indexOf("neither")] ?? 0;
  if (decision !== "cannot_tell" && neither > spec.declined_from + TOLERANCE) {
    throw invalid("The photo is of no kind that the network knows, and yet there is a decision.");
  }
  return domain;
}

function oneOf<T extends string>(reply: Reply, name: string, known: readonly T[]): T {
  const { data } = output(reply, name);
  const found = known.find((value) => value === data[0]);
  if (data.length !== 1 || found === undefined) throw invalid(`Expected one of ${known.join(", ")} in ${name}.`);
  return found;
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
