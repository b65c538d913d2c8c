/**
 * A worker that outlives its thread: one that dies, hangs or loses the graphics processor is started anew, loaded again
 * and asked again, once, so that the person notices nothing but the time.
 */

import { choose, GOOD_ENOUGH_MILLISECONDS, inOrder, isChosen } from "./choice.ts";
import type { Backend, DecoderFiles, HeadFiles, HeadWorker, Proven, WorkerRun } from "./protocol.ts";
import { answerOf, LOAD_MILLISECONDS, RUN_MILLISECONDS, type Thread } from "./thread.ts";

interface Loaded {
  readonly files: HeadFiles;
  readonly backends: readonly Backend[];
  readonly proven: Proven;
}

/** After the first answer, while it is being read. */
const SURVEY_AFTER_MILLISECONDS = 4000;

export class LivingWorker implements HeadWorker {
  private thread: Thread<HeadWorker> | null;
  private loaded: Loaded | null = null;
  private surveyed = false;

  constructor(private readonly spawn: () => Thread<HeadWorker>) {
    this.thread = this.start();
  }

  /** Load on the back end that was chosen for this device before, else on the first that gives the golden features. */
  async load(files: HeadFiles, backends: readonly Backend[]): Promise<Proven> {
    this.loaded = null;
    const order = inOrder(backends, files.id);
    let proven: Proven;
    try {
      proven = await this.ask((remote) => remote.load(files, order), LOAD_MILLISECONDS);
    } catch (error) {
      if (this.thread !== null) throw error;
      // The thread did not survive: the one that is named last then is the one that it died of, most likely.
      proven = await this.ask((remote) => remote.load(files, rotated(order)), LOAD_MILLISECONDS);
    }
    this.loaded = { files, backends, proven };
    return proven;
  }

  async run(input: Uint8Array): Promise<WorkerRun> {
    const last = this.loaded;
    if (last === null) throw new Error("No head is loaded.");
    let run: WorkerRun;
    try {
      if (this.thread === null) await this.load(last.files, last.backends);
      run = await this.ask((remote) => remote.run(input), RUN_MILLISECONDS);
    } catch {
      // A load that failed forgot it; the next photo is to be tried as well.
      this.loaded = last;
      run = await this.runAnew(last, input);
    }
    this.surveySoon();
    return run;
  }

  /** Not tried anew: nothing hangs on it, and a thread that it ends is started again by the next photo. */
  rebuild(files: DecoderFiles, features: Float32Array, items: number): Promise<Float32Array> {
    return this.ask((remote) => remote.rebuild(files, features, items), RUN_MILLISECONDS);
  }

  /** In a new thread, the back end that failed tried last. */
  private async runAnew({ files, backends, proven }: Loaded, input: Uint8Array): Promise<WorkerRun> {
    this.end();
    const order = [...backends].sort((a, b) => Number(a === proven.backend) - Number(b === proven.backend));
    const again = await this.ask((remote) => remote.load(files, order), LOAD_MILLISECONDS);
    this.loaded = { files, backends, proven: again };
    return this.ask((remote) => remote.run(input), RUN_MILLISECONDS);
  }

  private async ask<T>(question: (remote: HeadWorker) => Promise<T>, limit: number): Promise<T> {
    this.thread ??= this.start();
    const thread = this.thread;
    return answerOf(thread, question, limit, () => this.bury(thread));
  }

  /** A thread may stop while nobody asks it anything, as where its file does not arrive: the next question starts another. */
  private start(): Thread<HeadWorker> {
    const thread = this.spawn();
    thread.mourners.add(() => this.bury(thread));
    return thread;
  }

  /** A thread that died or does not answer is done with. */
  private bury(thread: Thread<HeadWorker>): void {
    if (this.thread === thread) this.end();
  }

  private end(): void {
    this.thread?.end();
    this.thread = null;
  }

  /** Once a page, for a device that is slow on what it has and was never surveyed; never on a metered connection. */
  private surveySoon(): void {
    const { files, backends, proven } = this.loaded as Loaded;
    if (this.surveyed || isChosen(files.id) || backends.length < 2) return;
    this.surveyed = true;
    if (proven.milliseconds <= GOOD_ENOUGH_MILLISECONDS || isMetered()) {
      choose(files.id, [proven]);
      return;
    }
    setTimeout(() => void this.survey(), SURVEY_AFTER_MILLISECONDS);
  }

  /** Try the other back ends in a thread of their own, and remember the best for the next visit. */
  private async survey(): Promise<void> {
    const { files, backends, proven } = this.loaded as Loaded;
    const found = [proven];
    for (const backend of backends.filter((other) => other !== proven.backend)) {
      const other = this.spawn();
      const load = (remote: HeadWorker) => remote.load(files, [backend]);
      const one = await answerOf(other, load, RUN_MILLISECONDS).catch(() => null);
      if (one !== null) found.push(one);
      other.end();
    }
    choose(files.id, found);
  }
}

function rotated<T>(items: readonly T[]): T[] {
  return [...items.slice(1), ...items.slice(0, 1)];
}

/** Whether the person asked for few bytes (Save-Data). */
function isMetered(): boolean {
  const connection = (globalThis.navigator as { connection?: { saveData?: boolean } } | undefined)?.connection;
  return connection?.saveData === true;
}
