/** English: what is in the way. */

import type { TroubleKind } from "../../contract/trouble.ts";

export const trouble = {
  heading: "Something is in the way",
  kept: "Your photo is still here. Nothing is lost.",
  reference: "For support:",
  tryAgain: "Try again",
  otherPhoto: "Take another photo",
  backToPhoto: "Back to the photo",
  start: "Back to the start",
  otherWays: "Or another way:",
  kinds: {
    camera_denied: [
      "The camera may not be used.",
      "Allow it for this page in the browser's settings, or take a photo another way.",
    ],
    camera_absent: ["No camera was found.", "Choose a photo that you already have."],
    camera_busy: ["The camera is being used by something else.", "Close other apps that use it and try again."],
    camera_insecure: ["The live camera works on secure pages only (https).", "Use your camera app, or choose a photo."],
    photo_unreadable: ["This file cannot be opened as a photo here.", "Choose a JPEG or PNG photo, or take a new one."],
    photo_heic: [
      "This photo is a HEIC file, which this browser cannot open.",
      "Take a new photo here, or save this one as a JPEG first. On an iPhone: Settings, Camera, Formats, Most Compatible.",
    ],
    head_unreachable: ["The first part of the network could not be fetched.", "Check the connection and try again."],
    head_corrupt: [
      "The first part of the network arrived damaged, so it was not used.",
      "Try again. If it stays like this, tell whoever runs this page.",
    ],
    head_failed: [
      "This browser could not run the first part of the network correctly.",
      "Try again, or open this page in another browser.",
    ],
    tail_absent: [
      "This server does not offer the second part of its network to phones.",
      "Nothing was sent. Choose another way to compute under Settings, on the start screen.",
    ],
    tail_unreachable: [
      "The second part of the network could not be fetched.",
      "Nothing was sent. Check the connection and try again.",
    ],
    tail_failed: [
      "This browser could not run the second part of the network correctly.",
      "Nothing was sent. Try again, or choose another way to compute under Settings, on the start screen.",
    ],
    server_unreachable: ["The server cannot be reached.", "Check the connection and try again."],
    server_slow: ["The server did not answer in time.", "Try again in a moment."],
    server_busy: ["The server is busy or just starting.", "Wait a moment and try again."],
    server_refused: ["The server could not answer.", "Try again. If it stays like this, tell whoever runs this page."],
    bundle_changed: ["The network was renewed on the server just now.", "Try again with the new one."],
    reply_invalid: [
      "We cannot tell from this photo.",
      "The server's answer did not add up, so it is not shown. Try again.",
    ],
    unexpected: ["Something went wrong on this page.", "Try again. If it stays like this, reload the page."],
  } as Readonly<Record<TroubleKind, readonly [string, string]>>,
};
