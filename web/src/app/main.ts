/** Where the page begins: the head loads quietly while the start screen is read, then photos are followed. */

import "../ui/styles/all.css";
import { compressed } from "../api/compress.ts";
import { infer } from "../api/infer.ts";
import { Limits } from "../api/limits.ts";
import { post } from "../api/post.ts";
import { Incoming } from "../capture/incoming.ts";
import { decodeExactly, type Photo, prepareInput } from "../capture/photo.ts";
import { yieldToMain } from "../capture/yield_to_main.ts";
import { Decoders } from "../decoder/decoders.ts";
import { startWorker } from "../head/bridge.ts";
import type { Fetch } from "../head/download.ts";
import { Heads } from "../head/heads.ts";
import { BACKENDS } from "../head/protocol.ts";
import { History } from "../history/store.ts";
import { firstLanguage } from "../i18n/language.ts";
import { keepForOffline } from "../offline/register.ts";
import { startTailWorker } from "../tail/bridge.ts";
import { Tails } from "../tail/tails.ts";
import { chosenTheme, showTheme } from "../ui/theme.ts";
import { oneSecond } from "./busy.ts";
import { checkMoles, type Steps } from "./flow.ts";
import { home } from "./home.ts";
import { chosenMode } from "./mode.ts";
import { type Around, screensOn } from "./screens.ts";
import { Stage } from "./stage.ts";

const root = document.querySelector<HTMLElement>("#app");
if (root === null) throw new Error("The page has no #app.");

const address = new URLSearchParams(location.search);
showTheme(chosenTheme());
const stage = new Stage(root, firstLanguage(address));
const ask: Fetch = (url, init) => fetch(url, init);
const worker = startWorker();
const heads = new Heads(
  {
    fetch: ask,
    worker,
    decode: (png, size) => decodeExactly(new Blob([png]), size),
    backends: BACKENDS.filter((backend) => !address.has("backend") || address.get("backend") === backend),
  },
  () => stage.refresh(),
);
const tails = new Tails(ask, startTailWorker);
const decoders = new Decoders(ask, worker);
const limits = new Limits();
const around: Around = {
  stage,
  heads,
  tails,
  decoders,
  limits,
  history: new History(),
  incoming: new Incoming(document),
};
const steps: Steps<Photo> = {
  mode: chosenMode,
  getHead: () => heads.get(),
  replaceHead: (id) => heads.replace(id),
  prepareInput,
  compress: compressed,
  sendFeatures: (manifest, request, count, watch) => infer(post, manifest, request, count, watch),
  runTail: (made, onBytes) => tails.run(made, onBytes),
  oneSecond,
  release: (photo) => photo.release(),
};

// A head that cannot be had now is asked for again when a photo needs it, and only then is it anybody's trouble. The
// rest waits for it, so that it delays the first visit by nothing.
heads.get().then(
  ({ manifest }) => {
    keepForOffline();
    void limits.read(ask, manifest);
  },
  () => {},
);
for (const change of ["online", "offline"]) window.addEventListener(change, () => stage.refresh());

// Reading the script and drawing the first screen are each long enough.
await yieldToMain();
for (;;) {
  const dropped = await home(around);
  await checkMoles(screensOn(around, dropped), steps);
}
