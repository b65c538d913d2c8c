/** Requests and replies of the Open Inference Protocol v2 with its binary tensor extension. */

import * as v from "valibot";
import { DATATYPES, type Datatype, fromBytes } from "./datatype.ts";
import { ContractError } from "./manifest.ts";

export const LENGTH_HEADER = "Inference-Header-Content-Length";

/** A tensor of a request. */
export interface WireTensor {
  readonly name: string;
  /** With the batch axis: [N, ...]. */
  readonly shape: readonly number[];
  readonly datatype: Datatype;
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

export interface WireRequest {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body, JSON and then the raw tensors in their order, and the headers that go with it. */
export function encodeRequest(tensors: readonly WireTensor[], id?: string): WireRequest {
  const inputs = tensors.map(({ name, shape, datatype, bytes }) => ({
    name,
    shape,
    datatype,
    parameters: { binary_data_size: bytes.length },
  }));
  const header = new TextEncoder().encode(JSON.stringify({ inputs, ...(id === undefined ? {} : { id }) }));
  const body = new Uint8Array(header.length + tensors.reduce((sum, { bytes }) => sum + bytes.length, 0));
  body.set(header);
  let offset = header.length;
  for (const { bytes } of tensors) {
    body.set(bytes, offset);
    offset += bytes.length;
  }
  return {
    body,
    headers: { "Content-Type": "application/octet-stream", [LENGTH_HEADER]: String(header.length) },
  };
}

const shape = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
const outputSchema = v.object({
  name: v.string(),
  datatype: v.string(),
  shape,
  data: v.optional(v.array(v.union([v.number(), v.string()]))),
  parameters: v.optional(v.object({ binary_data_size: v.optional(v.number()) })),
});
const replySchema = v.object({
  model_name: v.string(),
  model_version: v.string(),
  parameters: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  outputs: v.array(outputSchema),
});
const problemSchema = v.object({
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  request_id: v.optional(v.string()),
  current: v.optional(v.string()),
});

export interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

export interface Reply {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly outputs: readonly Output[];
}

export type Problem = v.InferOutput<typeof problemSchema>;

/** Read a reply, JSON or binary. `headerLength` is the header's value, null where it is absent. */
export function decodeReply(body: Uint8Array, headerLength: number | null): Reply {
  const length = headerLength ?? body.length;
  if (!(length > 0 && length <= body.length)) throw new ContractError("The reply's header length does not fit it.");
  const parsed = v.safeParse(replySchema, parseJson(body.subarray(0, length)));
  if (!parsed.success) throw new ContractError("The reply is not one of the Open Inference Protocol.");
  let offset = length;
  const outputs = parsed.output.outputs.map((output): Output => {
    const size = output.parameters?.binary_data_size;
    const { name, datatype } = output;
    if (size === undefined) return { name, datatype, shape: output.shape, data: output.data ?? [] };
    if (offset + size > body.length) throw new ContractError(`The reply ends within '${name}'.`);
    const raw = body.subarray(offset, offset + size);
    offset += size;
    return { name, datatype, shape: output.shape, data: decodeRaw(raw, datatype) };
  });
  if (offset !== body.length) throw new ContractError("Bytes follow the last output of the reply.");
  for (const { name, shape, data } of outputs) {
    if (shape.reduce((product, extent) => product * extent, 1) !== data.length) {
      throw new ContractError(`The output '${name}' does not hold what its shape says.`);
    }
  }
  const { model_name: modelName, model_version: modelVersion, parameters } = parsed.output;
  return { modelName, modelVersion, parameters, outputs };
}

/** The JSON of a reply as it came, without the raw tensors that may follow it. */
export function replyText(body: Uint8Array, headerLength: number | null): string {
  return new TextDecoder().decode(body.subarray(0, headerLength ?? body.length));
}

/** Read an RFC 9457 problem, or null where the body is something else (a proxy's page, say). */
export function decodeProblem(body: Uint8Array): Problem | null {
  try {
    const parsed = v.safeParse(problemSchema, parseJson(body));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function decodeRaw(raw: Uint8Array, datatype: string): readonly (number | string)[] {
  if (datatype === "BYTES") return decodeStrings(raw);
  const known = DATATYPES.find((name) => name === datatype);
  if (known === undefined) throw new ContractError(`The reply has an output of the unknown datatype ${datatype}.`);
  return [...fromBytes(raw, known)];
}

/** BYTES elements: four bytes of little-endian length, then UTF-8, one after the other. */
function decodeStrings(raw: Uint8Array): string[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const strings: string[] = [];
  for (let offset = 0; offset < raw.length; ) {
    const end = offset + 4 <= raw.length ? offset + 4 + view.getUint32(offset, true) : Number.POSITIVE_INFINITY;
    if (end > raw.length) throw new ContractError("A text of the reply is cut short.");
    strings.push(new TextDecoder().decode(raw.subarray(offset + 4, end)));
    offset = end;
  }
  return strings;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ContractError("Expected JSON from the server, got something else.");
  }
}
