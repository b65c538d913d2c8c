/** Everything that is known once a mole's photos were answered; all of it stays on this device. */

import type { Agreement } from "../contract/agreement.ts";
import type { Manifest } from "../contract/manifest.ts";
import type { Told } from "../contract/metadata.ts";
import type { WireRequest } from "../contract/wire.ts";
import type { Backend } from "../head/protocol.ts";

export interface Milliseconds {
  readonly prepare: number;
  readonly head: number;
  readonly roundTrip: number;
}

export interface Checked {
  /** What the answers of all photos say together. */
  readonly agreement: Agreement;
  readonly manifest: Manifest;
  readonly backend: Backend;
  /** RGB uint8 [size, size, 3] of each photo, what the network saw. */
  readonly inputs: readonly Uint8Array[];
  /** The features of all photos in the wire's datatype, one behind the other, and their SHA-256. */
  readonly features: Uint8Array<ArrayBuffer>;
  readonly featuresSha256: string;
  /** What the person told of what the network takes, and the numbers that it became: float32 [M], null where nothing of it was sent. */
  readonly told: Told;
  readonly metadata: Float32Array | null;
  /** What was sent, to the byte. */
  readonly request: WireRequest;
  readonly milliseconds: Milliseconds;
}
