/** The live camera: asked for when a person wants it, released as soon as they leave. */

import { Trouble, type TroubleKind } from "../contract/trouble.ts";

export interface Camera {
  readonly stream: MediaStream;
  readonly deviceId: string | null;
  readonly hasTorch: boolean;
  /** Other cameras that could be switched to. */
  readonly others: readonly string[];
  readonly setTorch: (on: boolean) => Promise<void>;
  readonly release: () => void;
}

/** Sharp enough for any square; the browser gives what the camera has. */
const IDEAL: MediaTrackConstraints = { width: { ideal: 3840 }, height: { ideal: 2160 } };

/** Open the camera on the back, or a certain one. Throws Trouble where there is none to be had. */
export async function openCamera(deviceId: string | null): Promise<Camera> {
  if (!window.isSecureContext || navigator.mediaDevices?.getUserMedia === undefined) {
    throw new Trouble("camera_insecure");
  }
  const which: MediaTrackConstraints =
    deviceId === null ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: deviceId } };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...IDEAL, ...which } });
    return await describe(stream);
  } catch (error) {
    throw new Trouble(kindOf(error), error instanceof Error ? error.message : "");
  }
}

async function describe(stream: MediaStream): Promise<Camera> {
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new Trouble("camera_absent");
  const deviceId = track.getSettings().deviceId ?? null;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
  // The types of the standard library do not know the torch yet.
  const capabilities = (track.getCapabilities?.() ?? {}) as { torch?: boolean };
  return {
    stream,
    deviceId,
    hasTorch: capabilities.torch === true,
    others: cameras.map((device) => device.deviceId).filter((id) => id !== deviceId),
    setTorch: (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }),
    release: () => {
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

function kindOf(error: unknown): TroubleKind {
  if (error instanceof Trouble) return error.kind;
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "camera_denied";
    case "NotReadableError":
    case "AbortError":
      return "camera_busy";
    default:
      return "camera_absent";
  }
}
