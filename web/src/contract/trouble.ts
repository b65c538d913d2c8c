/** Everything that can stand between a person and an answer. Each kind has its words in every language. */

export const TROUBLES = [
  "camera_denied",
  "camera_absent",
  "camera_busy",
  "camera_insecure",
  "photo_unreadable",
  "photo_heic",
  "head_unreachable",
  "head_corrupt",
  "head_failed",
  "tail_absent",
  "tail_unreachable",
  "tail_failed",
  "server_unreachable",
  "server_slow",
  "server_busy",
  "server_refused",
  "bundle_changed",
  "reply_invalid",
  "unexpected",
] as const;

export type TroubleKind = (typeof TROUBLES)[number];

/** An expected failure. `detail` and `requestId` are for whoever is asked for help, never instead of the words. */
export class Trouble extends Error {
  override name = "Trouble";
  readonly kind: TroubleKind;
  readonly detail: string;
  readonly requestId: string | null;

  constructor(kind: TroubleKind, detail = "", requestId: string | null = null) {
    super(`${kind}: ${detail}`);
    this.kind = kind;
    this.detail = detail;
    this.requestId = requestId;
  }
}

/** The server holds another bundle than the head's; `current` is the one to fetch. */
export class BundleChanged extends Trouble {
  readonly current: string;

  constructor(current: string, detail = "") {
    super("bundle_changed", detail);
    this.current = current;
  }
}

/** The server is busy and names a time after which to ask again. */
export class ServerBusy extends Trouble {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, detail = "", requestId: string | null = null) {
    super("server_busy", detail, requestId);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Any error as a trouble. */
export function asTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  return new Trouble("unexpected", error instanceof Error ? error.message : String(error));
}
