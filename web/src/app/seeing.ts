/** Showing what the server could see, when the person asks for it. */

import type { Decoders } from "../decoder/decoders.ts";
import type { Say } from "../ui/say.ts";
import { type Rebuilding, seenView } from "../ui/seen.ts";
import type { Made } from "./checked.ts";

/** What a screen that shows what was sent asks and shows about it; `onChange` is called when it is to be drawn again. */
export class Seeing {
  private rebuilding: Rebuilding = { at: "not_asked" };

  constructor(
    private readonly decoders: Decoders,
    private readonly made: Made,
    private readonly onChange: () => void,
  ) {}

  view(say: Say) {
    const { made, rebuilding } = this;
    const bytes = this.decoders.bytesOf(made.manifest);
    return seenView(say, { made, bytes, rebuilding, onShow: () => void this.rebuild() });
  }

  private async rebuild(): Promise<void> {
    if (this.rebuilding.at === "doing") return;
    this.show({ at: "doing", loaded: 0, total: 0 });
    try {
      // Of files that are fetched together, one may still arrive after another has failed.
      const report = (loaded: number, total: number) => {
        if (this.rebuilding.at === "doing") this.show({ at: "doing", loaded, total });
      };
      this.show({ at: "done", pictures: await this.decoders.rebuild(this.made, report) });
    } catch (error) {
      console.warn(String(error));
      this.show({ at: "failed" });
    }
  }

  private show(rebuilding: Rebuilding): void {
    this.rebuilding = rebuilding;
    this.onChange();
  }
}
