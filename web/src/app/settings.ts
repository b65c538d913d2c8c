/** Settings: the page's language and look, and what is kept on this phone. */

import { historyDocument } from "../history/document.ts";
import { bytesOf } from "../history/entry.ts";
import { wordsOf } from "../i18n/language.ts";
import type { Language } from "../i18n/numbers.ts";
import type { Removing } from "../ui/confirm.ts";
import { settingsView } from "../ui/settings.ts";
import { chooseTheme, chosenTheme } from "../ui/theme.ts";
import type { KeptChecks } from "./kept.ts";
import { chooseMode, chosenMode } from "./mode.ts";
import type { Around } from "./screens.ts";

export function settings(around: Around, kept: KeptChecks): Promise<"back"> {
  const { stage } = around;
  let removing: Removing = "no";
  const show = (next: Removing) => {
    removing = next;
    stage.refresh();
  };
  const removeAll = () =>
    kept.history.removeAll().then(
      () => kept.read().then(() => show("no")),
      () => show("failed"),
    );
  return stage.ask<"back">(
    "settings",
    (say, answer) => {
      const entries = kept.all.map(({ entry }) => entry);
      const storage = { checks: entries.length, bytes: bytesOf(entries), removing };
      const now = { theme: chosenTheme(), mode: chosenMode(), tailBytes: tailBytes(around), ...storage };
      return settingsView(say, now, {
        onLanguage: (language) => stage.setLanguage(language),
        onTheme: (theme) => {
          chooseTheme(theme);
          stage.refresh();
        },
        onMode: (mode) => {
          chooseMode(mode);
          stage.refresh();
        },
        onExport: () => save(kept, say.language),
        onAskRemove: () => show("asked"),
        onRemove: () => void removeAll(),
        onKeep: () => show("no"),
        onBack: () => answer("back"),
      });
    },
    "back",
  );
}

/** Bytes of the tail that this phone would fetch, null where none is offered, undefined until the manifest is here. */
function tailBytes({ heads, tails }: Around): number | null | undefined {
  return heads.status.stage === "ready" ? tails.bytesOf(heads.status.head.manifest) : undefined;
}

/** Hand the browser a file to save, made here. */
function save(kept: KeptChecks, language: Language): void {
  const entries = kept.all.map(({ entry }) => entry);
  const file = new Blob([historyDocument(entries, wordsOf(language), language)], { type: "text/html" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `dermsplit-${new Date().toISOString().slice(0, 10)}.html`;
  link.click();
  // Not at once: Safari reads it later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
