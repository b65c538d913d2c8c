/** The kept checks while a screen shows them: read once, with addresses for their photos that are let go of after. */

import type { Entry } from "../history/entry.ts";
import type { History } from "../history/store.ts";
import type { Kept } from "../ui/history/kept.ts";

export class KeptChecks {
  /** The newest first; empty until they are read. */
  all: readonly Kept[] = [];
  private released = false;

  constructor(
    readonly history: History,
    private readonly onChange: () => void,
  ) {}

  async read(): Promise<void> {
    const entries = await this.history.all();
    if (this.released) return;
    this.all = entries.map((entry) => ({ entry, urls: urlsOf(entry) }));
    this.onChange();
  }

  release(): void {
    this.released = true;
    for (const url of this.all.flatMap(({ urls }) => urls)) URL.revokeObjectURL(url);
    this.all = [];
  }
}

function urlsOf({ photos }: Entry): string[] {
  return photos.map((photo) => URL.createObjectURL(new Blob([photo], { type: "image/jpeg" })));
}
