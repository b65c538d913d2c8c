/** English: how it worked. */

export const details = {
  heading: "How this worked",
  back: "Back to the answer",
  way: "A neural network was cut in two. The first part ran on this phone and turned the photo into a small block of numbers. The second part ran on the server and turned those numbers into the answer.",
  stayed: "What stayed on this phone",
  stayedText: "The photo, and everything else in it: place, time, camera.",
  input: (size: string) => `The network saw this square of ${size} × ${size} pixels.`,
  inputPicture: "The square that the network saw",
  sent: "What was sent",
  sentText: (total: string, features: string, json: string) =>
    `${total} in all: ${features} of numbers (the features) and ${json} that say what they are.`,
  squeezed: (plain: string, sent: string) =>
    `The ${plain} were compressed without loss, and ${sent} went over the network.`,
  told: (bytes: string) => `The remaining ${bytes} are what you told, as numbers that the server can read:`,
  toldNumbers: "As numbers",
  features: (count: string) =>
    `Each tile shows one property of the photo that the network has learnt to look for, place by place: ${count} tiles in all. Light means much of it.`,
  featuresPicture: "The numbers that were sent, drawn as tiles",
  couldSee:
    "The server sees these numbers and your network address, as with any website. Nobody can look at the numbers like a photo, but with effort someone could guess rough shapes and colours from them.",
  download: "Save the numbers that were sent",
  time: "How long it took",
  prepare: "Cutting and shrinking the photo",
  head: "First part, on this phone",
  roundTrip: "Sending and waiting, the server's time included",
  server: "Second part, on the server",
  technical: "For those who want to know exactly",
  backend: "Computed with",
  backends: { wasm: "WebAssembly, on the processor", webgl: "WebGL, on the graphics processor" },
  bundle: "Version of the network (bundle)",
  cut: "Cut after the layer",
  card: "Model card: data, tests, limits, licence",
};
