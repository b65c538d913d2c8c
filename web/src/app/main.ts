/** Where the page begins: the head loads quietly while the start screen is read, then photos are followed. */

import "../ui/styles/all.css";
import { compressed } from "../api/compress.ts";
import { infer } from "../api/infer.ts";
import { post } from "../api/post.ts";
import { Incoming } from "../capture/incoming.ts";
import { decodeExactly, type Photo, prepareInput } from "../capture/photo.ts";
import { startWorker } from "../head/bridge.ts";
import { Heads } from "../head/heads.ts";
import { BACKENDS } from "../head/protocol.ts";
import { History } from "../history/store.ts";
import { firstLanguage } from "../i18n/language.ts";
import { chosenTheme, showTheme } from "../ui/theme.ts";
import { oneSecond } from "./busy.ts";
import { checkMoles, type Steps } from "./flow.ts";
import { home } from "./home.ts";
import { type Around, screensOn } from "./screens.ts";
import { Stage } from "./stage.ts";

const root = document.querySelector<HTMLElement>("#app");
if (root === null) throw new Error("The page has no #app.");

const address = new URLSearchParams(location.search);
showTheme(chosenTheme());
const stage = new Stage(root, firstLanguage(address));
const heads = new Heads(
  {
    fetch: (url, init) => fetch(url, init),
    worker: startWorker(),
    decode: (png, size) => decodeExactly(new Blob([png]), size),
    backends: BACKENDS.filter((backend) => !address.has("backend") || address.get("backend") === backend),
  },
  () => stage.refresh(),
);
const around: Around = { stage, heads, history: new History(), incoming: new Incoming(document) };
const steps: Steps<Photo> = {
  getHead: () => heads.get(),
  replaceHead: (id) => heads.replace(id),
  prepareInput,
  compress: compressed,
  sendFeatures: (manifest, request, count, watch) => infer(post, manifest, request, count, watch),
  oneSecond,
  release: (photo) => photo.release(),
};

// A head that cannot be had now is asked for again when a photo needs it, and only then is it anybody's trouble.
heads.get().catch(() => {});

for (;;) {
  const dropped = await home(around);
  await checkMoles(screensOn(around, dropped), steps);
}
