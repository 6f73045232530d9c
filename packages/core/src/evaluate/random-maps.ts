import { STEP } from "../compile/iteration.js";
import { Graph } from "../graph/graph.js";
import { ownModel } from "../graph/model.js";
import { uniform } from "../graph/random.js";
import type { Size } from "../graph/tensor.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";

const MAP = "map";

/**
 * Maps that know nothing, to compare others with: every pixel is a random number of its own, as in the random attribution of
 * Wu et al. 2024. Noise of pixels is at home nowhere in the picture; smooth noise would mark a region, and so have an opinion.
 */
export class RandomMaps {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * @param size of the maps, in pixels
   * @param seed a whole number from 0 to 2^32 - 1
   */
  static async create(size: Size, seed: number, runtime: Runtime): Promise<RandomMaps> {
    const graph = new Graph();
    const step = graph.addInput(STEP, "int64", []);
    graph.addOutputNamed(MAP, uniform({ seed, stream: 0, step }, size));
    return new RandomMaps(await openSession(ownModel(graph), runtime));
  }

  /** @param picture its number: the same number has the same map @returns [H, W], 0 to 1 */
  async make(picture: number): Promise<Float32Array> {
    const step: TensorValue = { dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(picture)) };
    const { [MAP]: map } = await this.#session.run({ [STEP]: step }, [MAP]);
    return (map as TensorValue).data as Float32Array;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
