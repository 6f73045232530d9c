import { socketAddress } from "../engine/connect.js";
// at the top of the page's folder: what lies below it is all that it sees
import serviceWorker from "./service-worker.ts?worker&url";

/** Remembers, as long as the tab is open, that the page was loaded again. */
const TRIED = "limn-loaded-again";

/** How long a service worker may take to begin, in milliseconds. */
const PATIENCE = 5000;

/**
 * Puts a service worker between the page and its host, so that it works without a network. Where the host does not send the
 * headers that threads need, the worker adds them: for that the page is loaded once more.
 * @returns whether the page is about to be loaded again
 */
export async function standIn(): Promise<boolean> {
  // limn studio is on this machine, sends the headers, and its address changes
  if (import.meta.env.MODE === "development" || socketAddress() !== undefined || !("serviceWorker" in navigator))
    return false;
  try {
    const { serviceWorker: workers } = navigator;
    const registered = workers.register(serviceWorker);
    if (crossOriginIsolated || workers.controller || sessionStorage.getItem(TRIED)) {
      registered.catch(() => {});
      return false;
    }
    sessionStorage.setItem(TRIED, "yes");
    await registered;
    await Promise.race([
      workers.ready,
      new Promise((_, reject) => setTimeout(() => reject(new Error("it does not begin")), PATIENCE)),
    ]);
    location.reload();
    return true;
  } catch {
    // this browser has none, or not for this page: it works all the same, with one thread, while there is a network
    return false;
  }
}
