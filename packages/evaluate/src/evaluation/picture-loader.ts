import { type Geometry, LimnError, Preprocessor, type Runtime, type TensorValue } from "@limn/core";
import type { OpenedClassifier } from "@limn/node";
import type { DataSet, OpenedItem } from "../data/data-set.js";

/** A picture that was read, or what is wrong with it. */
export type ReadItem = OpenedItem | LimnError;

/** A picture that is part of a batch, with what else is told of it. */
export interface LoadedPicture<T> {
  /** Where it stands among those that were read. */
  readonly place: number;
  readonly item: OpenedItem;
  readonly geometry: Geometry;
  readonly told: T;
}

export interface LoadedBatch<T> {
  /** [N, ...], N the batch: the pictures, and zeros where there are fewer. */
  readonly image: TensorValue;
  readonly pictures: readonly LoadedPicture<T>[];
  /** What is wrong with the others, by place. */
  readonly failed: ReadonlyMap<number, LimnError>;
}

/** Reads pictures of a data set and brings them to a model's input, as many at a time as the model is given. */
export class PictureLoader {
  /** Of the model's input, in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly #data: DataSet;
  readonly #dims: readonly number[];
  readonly #preprocessor: Preprocessor;

  private constructor(
    data: DataSet,
    dims: readonly number[],
    size: readonly [number, number],
    preprocessor: Preprocessor,
  ) {
    this.#data = data;
    this.#dims = dims;
    this.size = size;
    this.#preprocessor = preprocessor;
  }

  /** @throws LimnError `unsupported` for a model whose input takes no pictures */
  static async create(
    data: DataSet,
    { classifier, input, preprocessing, found }: OpenedClassifier,
    batch: number,
    runtime: Runtime,
  ): Promise<PictureLoader> {
    if (!input || !preprocessing) {
      throw new LimnError("unsupported", `${found.name}: its input takes no pictures, which an evaluation is made of`);
    }
    const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
    const dims = [batch, ...classifier.image.dims.slice(1)];
    return new PictureLoader(data, dims, [input.height, input.width], preprocessor);
  }

  /** @throws what is not a picture's own fault, such as a server that can't be reached */
  read(indices: readonly number[]): Promise<ReadItem[]> {
    return Promise.all(
      indices.map((index) =>
        this.#data.open(index).catch((error: unknown) => {
          if (error instanceof LimnError && error.code === "bad-input") return error;
          throw error;
        }),
      ),
    );
  }

  /**
   * @param read of the batch's size at most
   * @param tell what is to be known of a picture; a `bad-input` that it throws is the picture's failure
   */
  async load<T>(
    read: readonly ReadItem[],
    tell: (place: number, item: OpenedItem, geometry: Geometry) => Promise<T>,
  ): Promise<LoadedBatch<T>> {
    const [N = 1, ...rest] = this.#dims;
    const length = rest.reduce((a, b) => a * b, 1);
    const data = new Float32Array(N * length);
    const pictures: LoadedPicture<T>[] = [];
    const failed = new Map<number, LimnError>();
    for (const [place, item] of read.entries()) {
      try {
        if (item instanceof LimnError) throw item;
        const { tensor, geometry } = await this.#preprocessor.run(item.picture);
        const told = await tell(place, item, geometry);
        data.set(tensor.data as Float32Array, pictures.length * length);
        pictures.push({ place, item, geometry, told });
      } catch (error) {
        // not read, of a form that can't be brought to the input, or with a mask that can't be read
        if (!(error instanceof LimnError) || (error !== item && error.code !== "bad-input")) throw error;
        failed.set(place, error);
      }
    }
    return { image: { dtype: "float32", dims: [...this.#dims], data }, pictures, failed };
  }

  release(): Promise<void> {
    return this.#preprocessor.release();
  }
}
