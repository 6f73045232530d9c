import type { Rectangle } from "@limn/core";

/** What annotations say about an object, before its picture is opened. */
export interface ListedObject {
  /** The index of its class in the data set's classes. */
  readonly class: number;
  /** In the picture's pixels; undefined if only its mask is known. */
  readonly box: Rectangle | undefined;
  /** In pixels; 0 if it isn't known. */
  readonly area: number;
  /** The number by which the format finds its mask; undefined if it has none. */
  readonly mask: number | undefined;
}

/** Objects are kept as columns of numbers, since there may be a million of them. */
const GEOMETRY = 5;
const NO_MASK = -1;

/** The objects of all pictures, added in any order and held compactly. */
export class ObjectTable {
  readonly #pictures: number[] = [];
  readonly #classes: number[] = [];
  readonly #masks: number[] = [];
  /** x, y, width, height, area of each; x is not a number if there is no box. */
  readonly #geometry: number[] = [];

  get hasBoxes(): boolean {
    return this.#pictures.length > 0;
  }

  get hasMasks(): boolean {
    return this.#masks.some((mask) => mask !== NO_MASK);
  }

  /** @param picture its index in the data set */
  add(picture: number, { class: index, box, area, mask = NO_MASK }: ListedObject): void {
    this.#pictures.push(picture);
    this.#classes.push(index);
    this.#masks.push(mask);
    this.#geometry.push(box?.x ?? Number.NaN, box?.y ?? 0, box?.width ?? 0, box?.height ?? 0, area);
  }

  /** The table by picture. @param pictures how many there are */
  byPicture(pictures: number): ObjectsByPicture {
    const first = new Uint32Array(pictures + 1);
    for (const picture of this.#pictures) first[picture + 1] = (first[picture + 1] as number) + 1;
    for (let i = 0; i < pictures; i++) first[i + 1] = (first[i + 1] as number) + (first[i] as number);
    const next = first.slice();
    const classes = new Uint32Array(this.#pictures.length);
    const masks = new Int32Array(this.#pictures.length);
    const geometry = new Float64Array(this.#geometry.length);
    this.#pictures.forEach((picture, object) => {
      const at = next[picture] as number;
      next[picture] = at + 1;
      classes[at] = this.#classes[object] as number;
      masks[at] = this.#masks[object] as number;
      for (let k = 0; k < GEOMETRY; k++) geometry[at * GEOMETRY + k] = this.#geometry[object * GEOMETRY + k] as number;
    });
    return new ObjectsByPicture(first, classes, masks, geometry);
  }
}

/** The objects of each picture, in the order in which they were added. */
export class ObjectsByPicture {
  constructor(
    /** Where the objects of each picture begin; one more than there are pictures. */
    private readonly first: Uint32Array,
    private readonly classes: Uint32Array,
    private readonly masks: Int32Array,
    private readonly geometry: Float64Array,
  ) {}

  of(picture: number): ListedObject[] {
    const [begin, end] = [this.first[picture] as number, this.first[picture + 1] as number];
    return Array.from({ length: end - begin }, (_, i) => this.#object(begin + i));
  }

  /** The class whose objects have the largest area together; the first one if several have. */
  largestClass(picture: number): number | undefined {
    const areas = new Map<number, number>();
    for (const { class: index, area } of this.of(picture)) areas.set(index, (areas.get(index) ?? 0) + area);
    let [largest, most]: [number | undefined, number] = [undefined, -1];
    for (const [index, area] of areas) if (area > most) [largest, most] = [index, area];
    return largest;
  }

  #object(at: number): ListedObject {
    const [x, y, width, height, area] = this.geometry.subarray(
      at * GEOMETRY,
      (at + 1) * GEOMETRY,
    ) as unknown as Numbers;
    const mask = this.masks[at] as number;
    return {
      class: this.classes[at] as number,
      box: Number.isNaN(x) ? undefined : { x, y, width, height },
      area,
      mask: mask === NO_MASK ? undefined : mask,
    };
  }
}

type Numbers = readonly [x: number, y: number, width: number, height: number, area: number];
