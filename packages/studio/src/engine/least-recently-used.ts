/** Something that holds memory until it is released. */
export interface Releasable {
  release(): Promise<void>;
}

/**
 * Keeps the few things that were used last, such as sessions, and releases the others, but none that is being used. What is
 * being made is made once, however many ask for it.
 */
export class LeastRecentlyUsed<T extends Releasable> {
  readonly #most: number;
  /** In the order of their use. */
  readonly #entries = new Map<string, Entry<T>>();

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Makes what has this key, unless it is there, and keeps it at least until `use` ends. */
  async with<R>(key: string, make: () => Promise<T>, use: (made: T) => Promise<R>): Promise<R> {
    const entry = this.#entries.get(key) ?? { made: make(), users: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      return await use(await entry.made);
    } finally {
      entry.users--;
      // what could not be made is tried again
      await entry.made.catch(() => this.#forget(key, entry));
      if (entry.dropped && entry.users === 0) await released(entry);
      await this.#tidy();
    }
  }

  /** Releases what has a key that begins so; what is being used, when its use ends. */
  async drop(prefix: string): Promise<void> {
    for (const [key, entry] of this.#entries) {
      if (!key.startsWith(prefix)) continue;
      this.#entries.delete(key);
      if (entry.users === 0) await released(entry);
      else entry.dropped = true;
    }
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  async #tidy(): Promise<void> {
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    const surplus = idle.slice(0, Math.max(0, this.#entries.size - this.#most));
    for (const [key] of surplus) this.#entries.delete(key);
    await Promise.all(surplus.map(([, entry]) => released(entry)));
  }
}

interface Entry<T> {
  readonly made: Promise<T>;
  users: number;
  /** Whether it is to be released when it is not used any more. */
  dropped?: true;
}

const released = async <T extends Releasable>({ made }: Entry<T>): Promise<void> => {
  const one = await made.catch(() => undefined);
  await one?.release();
};
