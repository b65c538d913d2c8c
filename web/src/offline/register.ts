/** The page that opens without a connection: its files are kept by a service worker. */

/** Start keeping them. Where a browser allows none, as on plain http, the page needs a connection, and nothing else changes. */
export function keepForOffline(): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("service-worker.js").catch(() => {});
}
