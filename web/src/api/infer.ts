/** Features out, an answer back: encode → post → read. */

import { type Answer, readAnswers } from "../contract/answer.ts";
import { toBytes } from "../contract/datatype.ts";
import type { Manifest } from "../contract/manifest.ts";
import { BundleChanged, ServerBusy, Trouble } from "../contract/trouble.ts";
import { decodeProblem, decodeReply, encodeRequest, replyText, type WireRequest } from "../contract/wire.ts";
import { join } from "../head/download.ts";
import type { HttpReply, Post, Watch } from "./post.ts";

/** An answer for each photo, and the JSON that they were read from. */
export interface Reply {
  readonly answers: readonly Answer[];
  readonly text: string;
}

/**
 * The request for the photos of one mole; its body is all that leaves the phone: each photo's features in bytes, and what
 * the person told, float32 [M], the same for all of them, unless that is nothing.
 */
export function inferRequest(
  manifest: Manifest,
  items: readonly Uint8Array[],
  metadata: Float32Array | null,
): WireRequest {
  const { name, shape, datatype } = manifest.features;
  const count = items.length;
  const features = { name, shape: [count, ...shape], datatype, bytes: join(items) };
  if (metadata === null) return encodeRequest([features]);
  const told = toBytes(metadata, "FP32", null);
  const bytes = join(items.map(() => told));
  return encodeRequest([features, { name: "metadata", shape: [count, metadata.length], datatype: "FP32", bytes }]);
}

/** Send a request of `count` photos and read an answer for each. Throws Trouble; BundleChanged and ServerBusy say what may be done at once. */
export async function infer(
  post: Post,
  manifest: Manifest,
  request: WireRequest,
  count: number,
  watch: Watch,
): Promise<Reply> {
  const reply = await post(`v2/models/${manifest.name}/versions/${manifest.id}/infer`, request, watch);
  if (reply.status !== 200) throw refusal(reply, manifest);
  try {
    const answers = readAnswers(decodeReply(reply.body, reply.headerLength), manifest, count);
    return { answers, text: replyText(reply.body, reply.headerLength) };
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("reply_invalid", String(error));
  }
}

function refusal({ status, body, retryAfter }: HttpReply, manifest: Manifest): Trouble {
  const problem = decodeProblem(body);
  const detail = problem?.detail ?? `The server answered ${status}.`;
  const current = problem?.current;
  if (status === 404 && current !== undefined && current !== manifest.id) return new BundleChanged(current, detail);
  if (status === 503 || status === 429) {
    if (retryAfter !== null) return new ServerBusy(retryAfter, detail, problem?.request_id);
    return new Trouble("server_busy", detail, problem?.request_id);
  }
  if (status === 502 || status === 504) return new Trouble("server_unreachable", detail);
  return new Trouble("server_refused", detail, problem?.request_id);
}
