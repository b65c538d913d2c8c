/** English: where it is computed, and what a dry run shows. */

export const modes = {
  heading: "Where it is computed",
  split: {
    name: "Split between phone and server",
    what: "The photo stays here; a small block of numbers is sent, and the server turns it into the answer.",
  },
  phone: {
    name: "All on this phone",
    what: "Nothing is sent. The whole network runs here, without a connection too once it was fetched.",
  },
  dry: {
    name: "Trial run",
    what: "Nothing is sent, and there is no answer. You see what would be sent.",
  },
  fetches: (bytes: string) => `It fetches ${bytes} once.`,
  notOffered: "This server keeps the second part of its network to itself, so phones cannot run it.",
  notKnown: "Whether this server offers it is known once the first part of the network is here.",
  chosen: {
    phone: "As you chose in the settings, nothing is sent: all of it is computed on this phone.",
    dry: "As you chose in the settings, this is a trial run: nothing is sent, and there will be no answer.",
  },
};

export const unsent = {
  heading: "Nothing was sent",
  what: "This was a trial run. The first part of the network ran on this phone and turned your photo into numbers, and there it stopped. Below is, to the byte, what a check would send.",
  noAnswer: "So there is no answer.",
  would: "What would be sent",
  send: (bytes: string) => `Send these ${bytes} and get an answer`,
};
