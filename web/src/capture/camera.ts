/** The live camera: asked for when a person wants it, released as soon as they leave. */

import { Trouble, type TroubleKind } from "../contract/trouble.ts";
import { type Controls, controlsOf } from "./controls.ts";

export interface Camera extends Controls {
  readonly stream: MediaStream;
  readonly deviceId: string | null;
  /** Other cameras that could be switched to. */
  readonly others: readonly string[];
  readonly release: () => void;
}

/** Sharp enough for any square; the browser gives what the camera has. */
const IDEAL: MediaTrackConstraints = { width: { ideal: 3840 }, height: { ideal: 2160 } };
/** A camera may be zoomed only by those who asked for that when they opened it. */
const TO_ZOOM = { zoom: true } as MediaTrackConstraints;

/** Open the camera on the back, or a certain one. Throws Trouble where there is none to be had. */
export async function openCamera(deviceId: string | null): Promise<Camera> {
  if (!window.isSecureContext || navigator.mediaDevices?.getUserMedia === undefined) {
    throw new Trouble("camera_insecure");
  }
  const which: MediaTrackConstraints =
    deviceId === null ? { facingMode: { ideal: "environment" } } : { deviceId: { exact: deviceId } };
  try {
    return await describe(await openStream({ ...IDEAL, ...which }));
  } catch (error) {
    throw new Trouble(kindOf(error), error instanceof Error ? error.message : "");
  }
}

/** To be zoomed, where the person allows that too; where they allow the camera alone, then without. */
async function openStream(video: MediaTrackConstraints): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...video, ...TO_ZOOM } });
  } catch (error) {
    if (kindOf(error) !== "camera_denied" || !(await isAllowed())) throw error;
    return navigator.mediaDevices.getUserMedia({ audio: false, video });
  }
}

/** Asked before a second try, which would else be a second question to a person who has just said no. */
async function isAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: "camera" as PermissionName })).state === "granted";
  } catch {
    return false;
  }
}

async function describe(stream: MediaStream): Promise<Camera> {
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new Trouble("camera_absent");
  const deviceId = track.getSettings().deviceId ?? null;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
  return {
    ...controlsOf(track),
    stream,
    deviceId,
    others: cameras.map((device) => device.deviceId).filter((id) => id !== deviceId),
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
