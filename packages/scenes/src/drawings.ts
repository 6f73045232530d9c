import type { Artist } from "./artist.js";
import { type ClassName, clutterOf, drawingsOf } from "./classes.js";
import type { FamilyName } from "./families.js";
import { type Sprite, spriteOf } from "./sprite.js";

export interface Drawing {
  readonly family: FamilyName;
  readonly name: string;
}

/** The drawings of some families, which are brought to pixels when they are first needed. */
export class Drawings {
  readonly #size: number;
  readonly #families: readonly FamilyName[];
  readonly #artist: Artist;
  #read: ReadonlyMap<FamilyName, ReadonlyMap<string, string>> | undefined;
  readonly #sprites = new Map<string, Promise<Sprite>>();

  /** @param size of the pictures that they are for, in pixels */
  constructor(families: readonly FamilyName[], size: number, artist: Artist) {
    // larger than any object, so that drawings are never enlarged
    this.#size = 2 ** Math.ceil(Math.log2(1.25 * size));
    this.#families = families;
    this.#artist = artist;
  }

  /** SVG documents by family and name, read when they are first needed. */
  #icons(): ReadonlyMap<FamilyName, ReadonlyMap<string, string>> {
    this.#read ??= new Map(this.#families.map((family) => [family, this.#artist.iconsOf(family)]));
    return this.#read;
  }

  /** The drawings of a class, by family; families without a drawing of the class are left out. */
  ofClass(name: ClassName): readonly (readonly Drawing[])[] {
    return this.#byFamily((family) => drawingsOf(name, family));
  }

  ofNoClass(): readonly Drawing[] {
    return this.#byFamily(clutterOf).flat();
  }

  #byFamily(namesOf: (family: FamilyName) => readonly string[]): Drawing[][] {
    return [...this.#icons()]
      .map(([family, icons]) => namesOf(family).flatMap((name) => (icons.has(name) ? [{ family, name }] : [])))
      .filter((drawings) => drawings.length > 0);
  }

  sprite({ family, name }: Drawing): Promise<Sprite> {
    const key = `${family}/${name}`;
    const known = this.#sprites.get(key);
    if (known) return known;
    const made = this.#artist.pixelsOf(this.#icons().get(family)?.get(name) as string, this.#size).then(spriteOf);
    this.#sprites.set(key, made);
    return made;
  }
}
