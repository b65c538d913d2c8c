/** A body made smaller on the way, where the browser can and where it is worth it. */

import type { WireRequest } from "../contract/wire.ts";

/**
 * The request with its whole body as one gzip member, or the same request where that is no smaller or the browser has no
 * CompressionStream. Inference-Header-Content-Length still counts the JSON before compression, as the protocol has it.
 */
export async function compressed(request: WireRequest): Promise<WireRequest> {
  if (typeof CompressionStream === "undefined") return request;
  const stream = new Blob([request.body]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = new Uint8Array(await new Response(stream).arrayBuffer());
  if (body.length >= request.body.length) return request;
  return { ...request, body, headers: { ...request.headers, "Content-Encoding": "gzip" } };
}
