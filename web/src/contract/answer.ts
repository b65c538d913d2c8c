/** From a reply to an answer that may be shown: anything that does not add up is a trouble, never a guess. */

import {
  DOMAIN_LABELS,
  type Domain,
  type DomainLabel,
  type Manifest,
  type OperatingPoint,
  thresholdIn,
} from "./manifest.ts";
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
  /** From this malignant probability on, pictures of this kind are suspicious: 0..1. */
  readonly threshold: number;
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

/**
 * Read a reply for `count` photos, an answer for each. Throws Trouble `reply_invalid` where it contradicts the manifest or
 * itself.
 */
export function readAnswers(reply: Reply, manifest: Manifest, count: number): Answer[] {
  if (reply.modelVersion !== manifest.id || reply.modelName !== manifest.name) {
    throw invalid(`Expected an answer of bundle ${manifest.id}, got one of ${reply.modelVersion}.`);
  }
  checkLabels(reply, manifest.labels);
  const spec = manifest.domains;
  const probabilities = readShares(reply, "probabilities", count, manifest.labels.length);
  const decisions = readWords(reply, "decisions", count, DECISIONS);
  const domains = spec === null ? null : readWords(reply, "domains", count, DOMAIN_LABELS);
  const domainShares = spec === null ? null : readShares(reply, "domain_probabilities", count, spec.labels.length);
  return decisions.map((decision, item) => {
    const domain = domains?.[item] ?? null;
    if (spec !== null) checkDomain(spec, decision, domainShares?.[item] ?? []);
    return readOne(reply, manifest, decision, domain, probabilities[item] ?? []);
  });
}

function readOne(
  reply: Reply,
  manifest: Manifest,
  decision: Decision,
  domain: DomainLabel | null,
  probabilities: readonly number[],
): Answer {
  const total = reply.parameters.total_ms;
  const serverMilliseconds = typeof total === "number" ? total : null;
  if (decision === "cannot_tell" || domain === "neither") return { decision: "cannot_tell", serverMilliseconds };
  const malignant = sum(probabilities.filter((_, index) => manifest.malignant.includes(manifest.labels[index] ?? "")));
  const benign = sum(probabilities) - malignant;
  const operatingPoint = readOperatingPoint(reply, manifest);
  const threshold = thresholdIn(operatingPoint, domain);
  const clear = Math.abs(malignant - threshold) > TOLERANCE;
  if (clear && (decision === "suspicious") !== malignant >= threshold) {
    throw invalid("The decision and the probability contradict each other.");
  }
  const prevalence = (domain && manifest.domains?.prevalence[domain]) ?? manifest.prevalence;
  return { malignant, benign, decision, operatingPoint, threshold, domain, prevalence, serverMilliseconds };
}

function checkLabels(reply: Reply, labels: readonly string[]): void {
  const named = output(reply, "labels").data;
  if (named.length !== labels.length || !labels.every((label, index) => named[index] === label)) {
    throw invalid("The labels are not those of the bundle.");
  }
}

/** Rows of numbers from 0 to 1, each adding up to one. */
function readShares(reply: Reply, name: string, rows: number, columns: number): number[][] {
  const { shape, data } = output(reply, name);
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== columns) {
    throw invalid(`Expected ${name} of shape [${rows},${columns}], got [${shape}].`);
  }
  const values = data.filter((value): value is number => typeof value === "number" && value >= 0 && value <= 1);
  if (values.length !== rows * columns) throw invalid(`A value of ${name} is not a number from 0 to 1.`);
  return Array.from({ length: rows }, (_, row) => {
    const shares = values.slice(row * columns, (row + 1) * columns);
    if (!(Math.abs(sum(shares) - 1) <= TOLERANCE)) throw invalid(`The ${name} do not add up to one.`);
    return shares;
  });
}

const DECISIONS = ["suspicious", "not_suspicious", "cannot_tell"] as const;
type Decision = (typeof DECISIONS)[number];

/** A bundle that tells domains apart may not decide where the domain is `neither`. */
function checkDomain(spec: NonNullable<Manifest["domains"]>, decision: Decision, shares: readonly number[]): void {
  const neither = shares[spec.labels.indexOf("neither")] ?? 0;
  if (decision !== "cannot_tell" && neither > spec.declined_from + TOLERANCE) {
    throw invalid("The photo is of no kind that the network knows, and yet there is a decision.");
  }
}

/** One known word for each photo. */
function readWords<T extends string>(reply: Reply, name: string, count: number, known: readonly T[]): T[] {
  const { data } = output(reply, name);
  const found = data.flatMap((value) => known.filter((word) => word === value));
  if (data.length !== count || found.length !== count) {
    throw invalid(`Expected ${count} of ${known.join(", ")} in ${name}.`);
  }
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
