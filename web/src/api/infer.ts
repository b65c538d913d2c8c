/** Features out, an answer back: encode → post → read. */

import { type Answer, readAnswer } from "../contract/answer.ts";
import type { Manifest } from "../contract/manifest.ts";
import { BundleChanged, Trouble } from "../contract/trouble.ts";
import { decodeProblem, decodeReply, encodeRequest, LENGTH_HEADER, type WireRequest } from "../contract/wire.ts";
import type { HttpReply, Post, Watch } from "./post.ts";

/** The request for one photo's features; its body is all that leaves the phone. */
export function inferRequest(manifest: Manifest, bytes: Uint8Array): WireRequest {
  const { name, shape, datatype } = manifest.features;
  return encodeRequest({ name, shape: [1, ...shape], datatype, bytes });
}

/** Send a request and read the answer. Throws Trouble, and BundleChanged where the server holds another bundle. */
export async function infer(post: Post, manifest: Manifest, request: WireRequest, watch: Watch): Promise<Answer> {
  const reply = await post(`v2/models/${manifest.name}/versions/${manifest.id}/infer`, request, watch);
  if (reply.status !== 200) throw refusal(reply, manifest);
  try {
    return readAnswer(decodeReply(reply.body, reply.headerLength), manifest);
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble("reply_invalid", String(error));
  }
}

function refusal({ status, body }: HttpReply, manifest: Manifest): Trouble {
  const problem = decodeProblem(body);
  const detail = problem?.detail ?? `The server answered ${status}.`;
  const current = problem?.current;
  if (status === 404 && current !== undefined && current !== manifest.id) return new BundleChanged(current, detail);
  if (status === 503 || status === 429) return new Trouble("server_busy", detail, problem?.request_id);
  if (status === 502 || status === 504) return new Trouble("server_unreachable", detail);
  return new Trouble("server_refused", detail, problem?.request_id);
}

/** Bytes of a request's two parts. */
export function partsOf({ body, headers }: WireRequest): { readonly json: number; readonly features: number } {
  const json = Number(headers[LENGTH_HEADER]);
  return { json, features: body.length - json };
}
