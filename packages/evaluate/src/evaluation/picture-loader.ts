import { type Geometry, LimnError, Preprocessor, type Runtime, type Size, type TensorValue } from "@limn/core";
import type { OpenedClassifier } from "@limn/node";
import type { DataSet, OpenedItem } from "../data/data-set.js";

/** A picture that was read, or the reason why it can't be. */
export type ReadItem = OpenedItem | LimnError;

/** A picture of a batch, with what else is known about it. */
export interface LoadedPicture<T> {
  /** Its index among the pictures that were read. */
  readonly position: number;
  readonly item: OpenedItem;
  readonly geometry: Geometry;
  /** What the caller's `tell` gave. */
  readonly told: T;
}

export interface LoadedBatch<T> {
  /** [N, ...]: the pictures, followed by zeros if there are fewer than N. */
  readonly image: TensorValue;
  readonly pictures: readonly LoadedPicture<T>[];
  /** Why the other pictures can't be used, by their position. */
  readonly failed: ReadonlyMap<number, LimnError>;
}

/** Reads pictures of a data set and makes batches of a model's input from them. */
export class PictureLoader {
  /** Of the model's input, in pixels. */
  readonly size: Size;
  readonly #data: DataSet;
  readonly #dims: readonly number[];
  readonly #preprocessor: Preprocessor;

  private constructor(data: DataSet, dims: readonly number[], size: Size, preprocessor: Preprocessor) {
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
      throw new LimnError(
        "unsupported",
        `${found.name}: the model's input takes no pictures, and evaluations are made on pictures; choose another model`,
      );
    }
    const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
    const dims = [batch, ...classifier.image.dims.slice(1)];
    return new PictureLoader(data, dims, [input.height, input.width], preprocessor);
  }

  /** Reads pictures. @throws errors that are not a picture's own fault, such as a server that can't be reached */
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
   * Makes a batch of pictures.
   * @param read at most as many as the batch has
   * @param tell finds out what else is to be known about a picture; if it throws `bad-input`, the picture can't be used
   */
  async load<T>(
    read: readonly ReadItem[],
    tell: (position: number, item: OpenedItem, geometry: Geometry) => Promise<T>,
  ): Promise<LoadedBatch<T>> {
    const [N = 1, ...rest] = this.#dims;
    const length = rest.reduce((a, b) => a * b, 1);
    const data = new Float32Array(N * length);
    const pictures: LoadedPicture<T>[] = [];
    const failed = new Map<number, LimnError>();
    for (const [position, item] of read.entries()) {
      try {
        if (item instanceof LimnError) throw item;
        const { tensor, geometry } = await this.#preprocessor.run(item.picture);
        const told = await tell(position, item, geometry);
        data.set(tensor.data as Float32Array, pictures.length * length);
        pictures.push({ position, item, geometry, told });
      } catch (error) {
        // the picture can't be read, its form does not fit the input, or its mask can't be read
        if (!(error instanceof LimnError) || (error !== item && error.code !== "bad-input")) throw error;
        failed.set(position, error);
      }
    }
    return { image: { dtype: "float32", dims: [...this.#dims], data }, pictures, failed };
  }

  release(): Promise<void> {
    return this.#preprocessor.release();
  }
}
