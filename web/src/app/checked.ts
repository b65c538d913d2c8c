/** What becomes known of a mole's photos on their way; all of it stays on this device. */

import type { Agreement } from "../contract/agreement.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { Told } from "../contract/metadata.ts";
import type { WireRequest } from "../contract/wire.ts";
import type { Backend } from "../head/protocol.ts";

/** What the head made of the photos, and the request that carries it to a server. */
export interface Made {
  readonly manifest: Manifest;
  readonly backend: Backend;
  /** RGB uint8 [size, size, 3] of each photo, what the network saw. */
  readonly inputs: readonly Uint8Array[];
  /** The features of all photos in the wire's datatype, one behind the other, and their SHA-256. */
  readonly features: Uint8Array<ArrayBuffer>;
  readonly featuresSha256: string;
  /** What the person told of what the network takes, and the numbers that it became: float32 [M], null where nothing of it is told. */
  readonly told: Told;
  readonly metadata: Float32Array | null;
  /** The request as it is made, and as it crosses the network, which may be compressed. */
  readonly plain: WireRequest;
  readonly request: WireRequest;
  readonly milliseconds: { readonly prepare: number; readonly head: number };
}

/** What the tail answered, wherever it ran. */
export interface Answered {
  /** What the answers of all photos say together. */
  readonly agreement: Agreement;
  /** The answer as JSON text, as it came. */
  readonly reply: string;
  /** Of the tail: on the server, sending and waiting are part of it. */
  readonly milliseconds: number;
}

/** Where the tail ran. */
export type Place = "server" | "phone";

export interface Checked {
  readonly made: Made;
  readonly place: Place;
  readonly answered: Answered;
}

/** A dry run: made ready, and not sent. */
export interface Unsent {
  readonly made: Made;
  readonly place: null;
}
