/** The start screen, and what lies behind it: kept checks, two of them side by side, settings. */

import type { Incoming } from "../capture/incoming.ts";
import type { Heads } from "../head/heads.ts";
import type { Removing } from "../ui/confirm.ts";
import { compareView, type Pair } from "../ui/history/compare.ts";
import { entryView } from "../ui/history/entry.ts";
import type { Kept } from "../ui/history/kept.ts";
import { startView } from "../ui/start.ts";
import { KeptChecks } from "./kept.ts";
import { chosenMode } from "./mode.ts";
import type { Around } from "./screens.ts";
import { settings } from "./settings.ts";
import type { Stage } from "./stage.ts";

type Choice = "check" | "settings" | "compare" | Kept | File;

/** Returns when the person wants to check a mole, with the photo's file where one was dropped or pasted. */
export async function home(around: Around): Promise<File | null> {
  const { stage, heads, history, incoming } = around;
  for (;;) {
    const kept = new KeptChecks(history, () => stage.refresh());
    void kept.read();
    try {
      const choice = await askStart(stage, heads, kept, incoming);
      if (choice === "check") return null;
      if (choice instanceof File) return choice;
      if (choice === "settings") await settings(around, kept);
      else if (choice === "compare") await askCompare(stage, kept, null);
      else await lookAt(stage, kept, choice);
    } finally {
      kept.release();
    }
  }
}

async function askStart(stage: Stage, heads: Heads, kept: KeptChecks, incoming: Incoming): Promise<Choice> {
  const choice = await stage.ask<Choice>(
    "start",
    (say, answer) => {
      incoming.onFile = answer;
      return startView(say, chosenMode(), heads.status, kept.all, {
        onCheck: () => answer("check"),
        onSettings: () => answer("settings"),
        onCompare: () => answer("compare"),
        onOpen: answer,
      });
    },
    undefined,
  );
  incoming.onFile = null;
  return choice;
}

/** One kept check, until the person goes back or has deleted it. */
async function lookAt(stage: Stage, kept: KeptChecks, it: Kept): Promise<void> {
  for (;;) {
    if ((await askEntry(stage, kept, it)) === "back") return;
    await askCompare(stage, kept, it);
  }
}

function askEntry(stage: Stage, kept: KeptChecks, it: Kept): Promise<"back" | "compare"> {
  let removing: Removing = "no";
  const show = (next: Removing) => {
    removing = next;
    stage.refresh();
  };
  return stage.ask<"back" | "compare">(
    "entry",
    (say, answer) =>
      entryView(say, it, removing, {
        onCompare: kept.all.length < 2 ? null : () => answer("compare"),
        onAskRemove: () => show("asked"),
        onRemove: () =>
          void kept.history.remove(it.entry.id).then(
            () => answer("back"),
            () => show("failed"),
          ),
        onKeep: () => show("no"),
        onBack: () => answer("back"),
      }),
    "back",
  );
}

function askCompare(stage: Stage, kept: KeptChecks, first: Kept | null): Promise<"back"> {
  let pair = firstPair(kept.all, first);
  const choose = (next: Pair) => {
    pair = next;
    stage.refresh();
  };
  return stage.ask<"back">(
    "compare",
    (say, answer) => compareView(say, kept.all, pair, choose, () => answer("back")),
    "back",
  );
}

/** A check, the newest where none is given, and the next newest of the same place, or of any. */
export function firstPair(kept: readonly Kept[], first: Kept | null): Pair {
  const one = first ?? kept[0];
  const others = kept.filter((it) => it !== one);
  const other = others.find(({ entry }) => entry.site !== null && entry.site === one?.entry.site) ?? others[0];
  return [one?.entry.id ?? 0, other?.entry.id ?? 0];
}
