/** Something that is made when it is seen. */
interface Entry<T> {
  readonly made: Promise<T>;
  readonly settled: { value?: T };
  viewers: number;
}

interface Waiting {
  readonly key: string;
  readonly start: () => void;
}

/** How pictures are made and freed. */
export interface SeenOptions<T> {
  readonly make: (key: string) => Promise<T>;
  readonly free: (made: T) => void;
  /** How many that nobody sees are kept. */
  readonly kept: number;
  /** How many are made at once. */
  readonly atOnce: number;
}

/**
 * Makes what is seen: what was asked for last comes first, what is not seen any more is not begun. Those that were seen
 * last are kept, the others freed.
 */
export class MadeAsSeen<T> {
  readonly #options: SeenOptions<T>;
  /** In the order in which they were seen. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #waiting: Waiting[] = [];
  /** How many of those that wait were asked for at once, last: they are the first, in their order. */
  #fresh = 0;
  #running = 0;

  constructor(options: SeenOptions<T>) {
    this.#options = options;
  }

  /** What is there already. */
  peek(key: string): T | undefined {
    return this.#entries.get(key)?.settled.value;
  }

  /**
   * Shows what has this key, as soon as it is there.
   * @param onMade gets it; or `undefined` if it can't be made, which is tried again the next time
   * @returns what says that it is not seen any more
   */
  see(key: string, onMade: (made: T | undefined) => void): () => void {
    const entry = this.#entries.get(key) ?? this.#begun(key);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.viewers++;
    let isSeen = true;
    entry.made.then(
      (made) => isSeen && onMade(made),
      () => isSeen && onMade(undefined),
    );
    return () => {
      if (!isSeen) return;
      isSeen = false;
      entry.viewers--;
      this.#tidy();
    };
  }

  #begun(key: string): Entry<T> {
    const settled: Entry<T>["settled"] = {};
    const made = new Promise<void>((start) => this.#waiting.splice(this.#fresh++, 0, { key, start })).then(() =>
      this.#made(key, settled),
    );
    const entry = { made, settled, viewers: 0 };
    made.catch(() => this.#entries.get(key) === entry && this.#entries.delete(key));
    queueMicrotask(() => {
      this.#fresh = 0;
      this.#pump();
    });
    return entry;
  }

  async #made(key: string, settled: Entry<T>["settled"]): Promise<T> {
    try {
      settled.value = await this.#options.make(key);
      return settled.value;
    } finally {
      this.#running--;
      this.#pump();
    }
  }

  #pump(): void {
    while (this.#running < this.#options.atOnce) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#running++;
      next.start();
    }
  }

  #tidy(): void {
    const unseen = [...this.#entries].filter(([, { viewers }]) => viewers === 0);
    for (const [key] of unseen.filter(([, { settled }]) => settled.value === undefined)) {
      const at = this.#waiting.findIndex((one) => one.key === key);
      if (at < 0) continue;
      this.#waiting.splice(at, 1);
      if (at < this.#fresh) this.#fresh--;
      this.#entries.delete(key);
    }
    const idle = unseen.filter(([, { settled }]) => settled.value !== undefined);
    for (const [key, { settled }] of idle.slice(0, Math.max(0, idle.length - this.#options.kept))) {
      this.#entries.delete(key);
      this.#options.free(settled.value as T);
    }
  }
}
