/** English: how it worked. */

export const details = {
  heading: "How this worked",
  back: "Back to the answer",
  way: {
    server:
      "A neural network was cut in two. The first part ran on this phone and turned the photo into a small block of numbers. The second part ran on the server and turned those numbers into the answer.",
    phone:
      "A neural network was cut in two, and both parts ran on this phone: the first turned the photo into a small block of numbers, the second turned those numbers into the answer.",
  },
  stayed: "What stayed on this phone",
  stayedText: "The photo, and everything else in it: place, time, camera.",
  allStayed: "Everything: the photo, the numbers that were made of it, and whatever else is in the photo's file.",
  input: (size: string) => `The network saw this square of ${size} × ${size} pixels.`,
  inputPicture: "The square that the network saw",
  sent: "What was sent",
  notSent: "What was not sent",
  notSentText: "Nothing was sent. With a server, these numbers would have been.",
  sentText: (total: string, features: string, json: string) =>
    `${total} in all: ${features} of numbers (the features) and ${json} that say what they are.`,
  squeezed: (plain: string, sent: string) => `Compressed without loss, the ${plain} become ${sent} on the network.`,
  told: (bytes: string) => `The remaining ${bytes} are what you told, as numbers that the server can read:`,
  toldNumbers: "As numbers",
  features: (count: string) =>
    `Each tile shows one property of the photo that the network has learnt to look for, place by place: ${count} tiles in all. Light means much of it.`,
  featuresPicture: "The numbers, drawn as tiles",
  everyByte: "Look at every byte",
  everyByteWhat: (shown: string) =>
    `The first ${shown}: first the words that say what the numbers are, then the numbers themselves.`,
  everyByteSqueezed: "This is how it reads before it is compressed; what is saved below is what crosses the network.",
  seen: "What the server could see",
  couldSee:
    "A server that gets these numbers sees them and your network address, as with any website. They are no photo, but at least a blurred picture of the mole can be made from them: its colour, size and outline.",
  seenWhat:
    "This phone can show you that picture. It is made here, from exactly the numbers above, and nothing is sent.",
  seenShow: (bytes: string) => `Show what the server could see (fetches ${bytes} once)`,
  seenDoing: "Making a picture of the numbers…",
  seenFailed: "This phone could not make the picture. Your answer is not affected.",
  seenPhoto: "Your photo, which stayed here",
  seenRebuilt: "Made from the numbers alone",
  seenAlike: (made: string, nearest: string, images: string) =>
    `How alike the two are was measured on ${images} test photos: ${made} on average, where 1 is a perfect copy. The most similar photo of a stranger, picked with the real one in hand, reaches ${nearest}.`,
  seenAnyone:
    "Anyone who holds the numbers can make such a picture, and with more effort perhaps a better one. Send them only to a server that you would trust with the photo.",
  downloadBody: "Save the whole request",
  download: "Save the numbers alone",
  reply: { server: "What came back", phone: "What the second part said" },
  replyShow: "Look at the answer as a program reads it",
  downloadReply: "Save the answer",
  places: "Where it was computed",
  placesWhat:
    "The same network can be run in three ways. The photo stays on this phone in all of them, and the answer is the same.",
  thisCheck: "this check",
  leaves: "Leaves the phone",
  nothingLeaves: "nothing",
  tailTook: "Second part",
  wayAndTail: "Second part, sending included",
  said: "Answer",
  notOffered: "This server keeps the second part of its network to itself, so phones cannot run it.",
  again: (bytes: string) => `Compute it on this phone too (fetches ${bytes} once)`,
  againDoing: "Computing on this phone…",
  againFailed: "This phone could not compute it. The answer above is not affected.",
  time: "How long it took",
  prepare: "Cutting and shrinking the photo",
  head: "First part, on this phone",
  roundTrip: "Sending and waiting, the server's time included",
  server: "Second part, on the server",
  tailHere: "Second part, on this phone, fetching it included",
  technical: "For those who want to know exactly",
  backend: "Computed with",
  backends: {
    wasm: "WebAssembly, on the processor",
    webgl: "WebGL, on the graphics processor",
    webgpu: "WebGPU, on the graphics processor",
  },
  bundle: "Version of the network (bundle)",
  cut: "Cut after the layer",
  card: "Model card: data, tests, limits, licence",
};
