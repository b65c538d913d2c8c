/** Keeping a check on the phone, when the person asks for it. */

import { type Photo, squareAsJpeg } from "../capture/photo.ts";
import { type Site, siteOf } from "../history/entry.ts";
import { type History, NotKept } from "../history/store.ts";
import { type Keeping, keepView } from "../ui/keep.ts";
import type { Say } from "../ui/say.ts";
import type { Checked } from "./checked.ts";

/** What the result screen asks and shows about keeping; `onChange` is called when it is to be drawn again. */
export class Keep {
  private keeping: Keeping = "asked";
  private site: Site | null;

  constructor(
    private readonly history: History,
    private readonly checked: Checked,
    private readonly photos: readonly Photo[],
    private readonly onChange: () => void,
  ) {
    this.site = siteOf(checked.made.told.site);
  }

  view(say: Say) {
    return keepView(say, this.keeping, this.site, {
      onSite: (site) => {
        this.site = site;
      },
      onKeep: () => void this.keep(),
    });
  }

  private async keep(): Promise<void> {
    if (this.keeping === "keeping" || this.keeping === "kept") return;
    this.show("keeping");
    try {
      const photos = await Promise.all(this.photos.map(squareAsJpeg));
      const { verdict, shown } = this.checked.answered.agreement;
      const malignant = shown.decision === "cannot_tell" ? null : shown.malignant;
      const bundle = this.checked.made.manifest.id;
      await this.history.keep({ date: Date.now(), site: this.site, verdict, malignant, bundle, photos });
      this.show("kept");
    } catch (error) {
      this.show(error instanceof NotKept ? error.why : "refused");
    }
  }

  private show(keeping: Keeping): void {
    this.keeping = keeping;
    this.onChange();
  }
}
