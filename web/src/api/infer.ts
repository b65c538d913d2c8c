/** Features out, an answer back: encode → post → read. */

import { type Answer, readAnswer } from "../contract/answer.ts";
import { toBytes } from "../contract/datatype.ts";
import type { Manifest } from "../contract/manifest.ts";
import { BundleChanged, ServerBusy, Trouble } from "../contract/trouble.ts";
import { decodeProblem, decodeReply, encodeRequest, type WireRequest } from "../contract/wire.ts";
import type { HttpReply, Post, Watch } from "./post.ts";

/**
 * The request for one photo; its body is all that leaves the phone: the features' bytes, and what the person told,
 * float32 [M], unless that is nothing.
 */
export function inferRequest(manifest: Manifest, bytes: Uint8Array, metadata: Float32Array | null): WireRequest {
  const { name, shape, datatype } = manifest.features;
  const features = { name, shape: [1, ...shape], datatype, bytes };
  if (metadata === null) return encodeRequest([features]);
  const told = toBytes(metadata, "FP32", null);
  return encodeRequest([features, { name: "metadata", shape: [1, metadata.length], datatype: "FP32", bytes: told }]);
}

/** Send a request and read the answer. Throws Trouble; BundleChanged and ServerBusy say what may be done at once. */
export async function infer(post: Post, manifest: Manifest, request: WireRequest, watch: Watch): Promise<Answer> {
  const reply = await post(`v2/models/${manifest.name}/versions/${manifest.id}/infer`, request, watch);
  if (reply.status !== 200) throw refusal(reply, manifest);
  try {
    return readAnswer(decodeReply(reply.body, reply.headerLength), manifest);
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
