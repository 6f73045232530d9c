/** Runs one job after another; of those that come while one is running, only the newest. */
export function newestOnly(): (job: () => Promise<void>) => void {
  let next: (() => Promise<void>) | undefined;
  let isBusy = false;
  return (job) => {
    next = job;
    if (isBusy) return;
    isBusy = true;
    void (async () => {
      while (next) {
        const current = next;
        next = undefined;
        await current();
      }
      isBusy = false;
    })();
  };
}
