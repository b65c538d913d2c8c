/** The head in use: loaded once, shared by all who ask, fetched anew when the server has moved on. */

import { asTrouble, type Trouble } from "../contract/trouble.ts";
import { type Head, loadHead, type Surroundings } from "./load.ts";
import { keepOnly } from "./shelf.ts";

export type HeadStatus =
  | { readonly stage: "asking" }
  | { readonly stage: "downloading"; readonly loaded: number; readonly total: number }
  | { readonly stage: "proving" }
  | { readonly stage: "ready"; readonly head: Head }
  | { readonly stage: "failed"; readonly trouble: Trouble };

export class Heads {
  status: HeadStatus = { stage: "asking" };
  private loading: Promise<Head> | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly onChange: () => void,
  ) {}

  /** The head, once it is ready. A load that failed is tried anew by the next call. Throws Trouble. */
  get(): Promise<Head> {
    this.loading ??= this.load(null);
    return this.loading;
  }

  /** Load the head of another bundle instead. */
  replace(id: string): Promise<Head> {
    this.loading = this.load(id);
    return this.loading;
  }

  private async load(id: string | null): Promise<Head> {
    this.set({ stage: "asking" });
    try {
      const head = await loadHead(this.around, id, {
        onBytes: (loaded, total) => this.set({ stage: "downloading", loaded, total }),
        onProving: () => this.set({ stage: "proving" }),
      });
      this.set({ stage: "ready", head });
      void keepOnly(head.manifest.id);
      return head;
    } catch (error) {
      this.loading = null;
      const trouble = asTrouble(error);
      this.set({ stage: "failed", trouble });
      throw trouble;
    }
  }

  private set(status: HeadStatus): void {
    this.status = status;
    this.onChange();
  }
}
