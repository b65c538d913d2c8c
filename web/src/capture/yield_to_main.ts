/** Let the page draw, and hear the person, before more work on its own thread. */
export function yieldToMain(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
