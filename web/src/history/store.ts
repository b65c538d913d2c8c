/** Kept checks in the browser's IndexedDB, on this device only. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Check, Entry } from "./entry.ts";

interface Schema extends DBSchema {
  checks: { key: number; value: Check };
}

const NAME = "dermsplit";

/** Nothing was kept: the device is full, or the browser refuses to keep anything, as some private windows do. */
export class NotKept extends Error {
  override name = "NotKept";

  constructor(readonly why: "full" | "refused") {
    super(why);
  }
}

export class History {
  private opened: Promise<IDBPDatabase<Schema>> | null = null;

  /** All checks, the newest first; none where the browser keeps nothing. */
  async all(): Promise<Entry[]> {
    try {
      const entries = (await (await this.open()).getAll("checks")) as Entry[];
      return entries.sort((a, b) => b.date - a.date || b.id - a.id);
    } catch {
      return [];
    }
  }

  /** Throws NotKept. */
  async keep(check: Check): Promise<void> {
    try {
      await (await this.open()).add("checks", check);
    } catch (error) {
      const full = error instanceof DOMException && error.name === "QuotaExceededError";
      throw new NotKept(full ? "full" : "refused");
    }
  }

  async remove(id: number): Promise<void> {
    await (await this.open()).delete("checks", id);
  }

  async removeAll(): Promise<void> {
    await (await this.open()).clear("checks");
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.opened ??= openDB<Schema>(NAME, 1, {
      upgrade: (database) => {
        database.createObjectStore("checks", { keyPath: "id", autoIncrement: true });
      },
      // Another tab may hold a newer version one day: let go of this one.
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      terminated: () => {
        this.opened = null;
      },
    });
    // A window that refuses now may be asked again.
    this.opened.catch(() => {
      this.opened = null;
    });
    return this.opened;
  }
}
