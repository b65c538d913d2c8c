/** One POST. XMLHttpRequest, since fetch cannot say when a body has left. */

import { Trouble } from "../contract/trouble.ts";
import type { WireRequest } from "../contract/wire.ts";
import { readRetryAfter } from "./retry_after.ts";

export interface HttpReply {
  readonly status: number;
  readonly headerLength: number | null;
  /** Seconds to wait before asking again, null where the server names none. */
  readonly retryAfter: number | null;
  readonly body: Uint8Array;
}

export interface Watch {
  readonly signal: AbortSignal;
  /** Bytes of the body that have left, of all. */
  readonly onSent: (sent: number, total: number) => void;
}

export type Post = (url: string, request: WireRequest, watch: Watch) => Promise<HttpReply>;

const TIMEOUT_MILLISECONDS = 30_000;

/** Throws Trouble where no reply came, and the signal's reason where it was aborted. */
export const post: Post = (url, { body, headers }, { signal, onSent }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", url);
    request.responseType = "arraybuffer";
    request.timeout = TIMEOUT_MILLISECONDS;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, body.length), body.length);
    request.upload.onload = () => onSent(body.length, body.length);
    request.onload = () => resolve(read(request));
    request.onerror = () => reject(new Trouble("server_unreachable"));
    request.ontimeout = () => reject(new Trouble("server_slow"));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);
    request.send(body);
  });

function read(request: XMLHttpRequest): HttpReply {
  const length = request.getResponseHeader("Inference-Header-Content-Length");
  return {
    status: request.status,
    headerLength: length === null ? null : Number(length),
    retryAfter: readRetryAfter(request.getResponseHeader("Retry-After"), Date.now()),
    body: new Uint8Array(request.response as ArrayBuffer),
  };
}
