/**
 * What is made at most once for each key, such as a session for each model, however many ask for it at the same time. If
 * making it fails, the next one who asks tries again.
 * @example
 * const sessions = new OncePerKey<string, Session>();
 * const session = await sessions.get(path, () => open(path));
 */
export class OncePerKey<Key, T> {
  readonly #made = new Map<Key, Promise<T>>();

  get(key: Key, make: () => Promise<T>): Promise<T> {
    const known = this.#made.get(key);
    if (known) return known;
    const making = make();
    this.#made.set(key, making);
    making.catch(() => this.#made.delete(key));
    return making;
  }

  /** Everything that was made, and what is being made as soon as it is; without what fails. */
  async all(): Promise<T[]> {
    const settled = await Promise.allSettled(this.#made.values());
    return settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }
}
