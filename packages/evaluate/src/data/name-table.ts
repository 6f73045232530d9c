/** Names, such as those of classes, numbered in the order in which they come. */
export class NameTable<T extends string | number> {
  readonly names: T[] = [];
  readonly #indices = new Map<T, number>();

  constructor(names: Iterable<T> = []) {
    for (const name of names) this.indexOf(name);
  }

  /** The number of a name; a new name gets the next one. */
  indexOf(name: T): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    this.#indices.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
