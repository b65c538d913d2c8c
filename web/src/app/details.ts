/** The screens that show every byte: how a check worked, and where a dry run ended. */

import { agree } from "../contract/agreement.ts";
import { detailsView } from "../ui/details.ts";
import type { Again } from "../ui/places.ts";
import type { Saves } from "../ui/sent.ts";
import { unsentView } from "../ui/unsent.ts";
import type { Checked, Made, Unsent } from "./checked.ts";
import type { Around } from "./screens.ts";
import { Seeing } from "./seeing.ts";

/** Returns when the person goes back to the answer. */
export async function askDetails({ stage, tails, decoders }: Around, checked: Checked): Promise<void> {
  const saves = savesOf(checked.made, checked.answered.reply);
  const seeing = new Seeing(decoders, checked.made, () => stage.refresh());
  let again: Again = { at: "not_asked" };
  const show = (next: Again) => {
    again = next;
    stage.refresh();
  };
  const compare = async () => {
    show({ at: "doing", loaded: 0, total: 0 });
    const start = performance.now();
    try {
      const reply = await tails.run(checked.made, (loaded, total) => {
        // Of files that are fetched together, one may still arrive after another has failed.
        if (again.at === "doing") show({ at: "doing", loaded, total });
      });
      const milliseconds = reply.answers[0]?.serverMilliseconds ?? performance.now() - start;
      show({ at: "done", answered: { agreement: agree(reply.answers), reply: reply.text, milliseconds } });
    } catch {
      show({ at: "failed" });
    }
  };
  await stage.ask<"back">(
    "details",
    (say, answer) => {
      const tailBytes = tails.bytesOf(checked.made.manifest);
      const places = { ...checked, tailBytes, again, onAgain: () => void compare() };
      return detailsView(say, checked, saves, { seen: seeing.view(say), places }, () => answer("back"));
    },
    "back",
  );
  release(saves);
}

export async function askUnsent({ stage, decoders }: Around, { made }: Unsent): Promise<"send" | "another" | "start"> {
  const saves = savesOf(made, null);
  const seeing = new Seeing(decoders, made, () => stage.refresh());
  const choice = await stage.ask<"send" | "another" | "start">(
    "unsent",
    (say, answer) =>
      unsentView(say, made, saves, seeing.view(say), {
        onSend: () => answer("send"),
        onAnother: () => answer("another"),
      }),
    "start",
  );
  release(saves);
  return choice;
}

function savesOf({ features, request }: Made, reply: string | null): Saves {
  return {
    features: addressOf(features, "application/octet-stream"),
    body: addressOf(request.body, "application/octet-stream"),
    reply: reply === null ? null : addressOf(reply, "application/json"),
  };
}

function addressOf(content: BlobPart, type: string): string {
  return URL.createObjectURL(new Blob([content], { type }));
}

function release({ features, body, reply }: Saves): void {
  for (const url of [features, body, reply]) if (url !== null) URL.revokeObjectURL(url);
}
