import { LimnError } from "../error.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Geometry, geometryOf } from "./geometry.js";
import type { ImageInput } from "./image-input.js";
import type { Picture } from "./picture.js";
import { preprocessGraph } from "./preprocess-graph.js";
import type { Preprocessing } from "./preprocessing.js";

/** A picture that is ready for the model. */
export interface Preprocessed {
  /** float32, in the shape of the model's input. */
  readonly tensor: TensorValue;
  /** How the picture lies in the tensor. */
  readonly geometry: Geometry;
}

/**
 * Makes a model's inputs from pictures of any size, in one session. Call `release` when you are done.
 * @example
 * const input = imageInput(classifier.image.name, classifier.image.dims);
 * const preprocessor = await Preprocessor.create(runtime, preset("imagenet", input), input);
 * const { tensor, geometry } = await preprocessor.run({ width, height, rgb });
 */
export class Preprocessor {
  readonly preprocessing: Preprocessing;
  readonly #input: ImageInput;
  readonly #session: Session;

  private constructor(preprocessing: Preprocessing, input: ImageInput, session: Session) {
    this.preprocessing = preprocessing;
    this.#input = input;
    this.#session = session;
  }

  /** @throws LimnError `bad-input` if the preprocessing does not fit the model's input */
  static async create(runtime: Runtime, preprocessing: Preprocessing, input: ImageInput): Promise<Preprocessor> {
    const session = await openSession(preprocessGraph(preprocessing, input), runtime, { yields: true });
    return new Preprocessor(preprocessing, input, session);
  }

  /** Preprocesses a picture. @throws LimnError `bad-input` if the result does not have the size of the model's input */
  async run({ width, height, rgb }: Picture): Promise<Preprocessed> {
    if (width < 1 || height < 1 || rgb.length !== width * height * 3) {
      throw new LimnError(
        "bad-input",
        `a picture of ${width}x${height} pixels has ${rgb.length} bytes of color; give ${width * height * 3}, three for each pixel`,
      );
    }
    const geometry = geometryOf(this.preprocessing, [height, width], this.#input);
    const feeds = {
      pixels: { dtype: "uint8", dims: [height, width, 3], data: rgb },
      border: int64(geometry.border),
      ...(this.preprocessing.resize === "none" ? {} : { resized: int64(geometry.resized) }),
    } satisfies Record<string, TensorValue>;
    const { image } = await this.#session.run(feeds, ["image"]);
    return { tensor: image as TensorValue, geometry };
  }

  /** Frees what ONNX Runtime holds; the preprocessor can't be used afterwards. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

const int64 = (values: readonly number[]): TensorValue => ({
  dtype: "int64",
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
