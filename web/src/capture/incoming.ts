/** Files that are dropped on the page or pasted into it, as people do on a desktop. */

export class Incoming {
  /** Who takes a file now; null where the screen has no use for one. */
  onFile: ((file: File) => void) | null = null;

  constructor(target: EventTarget) {
    // Without this, a browser would leave the page to show the file.
    target.addEventListener("dragover", (event) => event.preventDefault());
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      this.offer((event as DragEvent).dataTransfer);
    });
    target.addEventListener("paste", (event) => this.offer((event as ClipboardEvent).clipboardData));
  }

  private offer(data: DataTransfer | null): void {
    const file = data?.files[0];
    if (file !== undefined) this.onFile?.(file);
  }
}
