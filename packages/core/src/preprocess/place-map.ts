import { LimnError } from "../error.js";
import { Graph, type Value } from "../graph/graph.js";
import {
  abs,
  add,
  and,
  cast,
  div,
  exp,
  floor,
  greaterOrEqual,
  less,
  matmul,
  max,
  min,
  mul,
  square,
  sub,
  sum,
  transpose,
  unsqueeze,
  where,
} from "../graph/math.js";
import { type Model, ownModel } from "../graph/model.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import type { Rectangle } from "./geometry.js";
import type { Grid, PictureSize } from "./grid.js";

/**
 * What becomes of a map:
 * - `placed` float32 [H,W], bilinear between the centers of the map's cells, NaN outside of the view: the map's own numbers
 * - `drawn` float32 [H,W], the same for the eye: bicubic, so that no crosses and stars lie around single cells
 * - `smoothed` float32 [h,w], the map after the Gaussian
 */
type Placing = "placed" | "drawn" | "smoothed";

/**
 * A model that lays a map over the picture that it explains; it works for all sizes. It has one output, since ONNX Runtime
 * computes all that a graph has, whichever are asked for.
 *
 * Inputs:
 * - `map` float32 [h,w], whose cells cover the view evenly
 * - `view` float32 [4], x, y, width and height of the part of the picture that the model saw
 * - `picture` int64 [2], the picture's height and width H, W
 * - `deviation` float32 [], the standard deviation of a Gaussian, in cells
 */
function placeMapGraph(placing: Placing): Model {
  const graph = new Graph();
  const map = graph.addInput("map", "float32", undefined);
  const view = graph.addInput("view", "float32", [4]);
  const picture = graph.addInput("picture", "int64", [2]);
  const deviation = graph.addInput("deviation", "float32", []);
  graph.within("place", () => {
    const rows = samples(at(picture, 0), at(view, 1), at(view, 3), length(map, 0));
    const columns = samples(at(picture, 1), at(view, 0), at(view, 2), length(map, 1));
    const seen = (x: Value) => where(and(unsqueeze(rows.inside, [1]), unsqueeze(columns.inside, [0])), x, Number.NaN);
    // M -> R M C^T, with a row of weights for every pixel or cell of the result
    const separably = (weights: (axis: Samples) => Value) =>
      matmul(matmul(weights(rows), map), transpose(weights(columns), [1, 0]));
    const results: Readonly<Record<Placing, () => Value>> = {
      placed: () => seen(interpolated(interpolated(map, rows, 0), columns, 1)),
      drawn: () => seen(separably(cubic)),
      smoothed: () => separably(({ cells }) => gaussian(cells, deviation)),
    };
    const result = results[placing]();
    graph.rename(result, placing);
    graph.outputs.push(result);
  });
  return ownModel(graph);
}

const at = (x: Value, i: number): Value => x.graph.emit("Gather", [x, x.graph.constant("int64", [], [i])], { axis: 0 });

const length = (x: Value, axis: number): Value => at(x.graph.emit("Shape", [x]), axis);

/** Where the pixels of one axis lie between the map's cells. */
interface Samples {
  /** int64, the cell before each pixel. */
  readonly before: Value;
  /** int64, the cell after each pixel. */
  readonly after: Value;
  /** float32 in [0,1], the weight of the cell after. */
  readonly weight: Value;
  readonly inside: Value;
  /** float32, each pixel's place in cells, from the center of the first. */
  readonly place: Value;
  /** float32 [], how far apart pixels are in cells, if that is more than one cell, and otherwise 1. */
  readonly step: Value;
  /** float32, the number of every cell. */
  readonly cells: Value;
}

// t = (i + 1/2 - start) / extent        the center of pixel i, as a fraction of the view
// u = clamp(t * n - 1/2, 0, n - 1)      the same in cells, from the center of the first
function samples(pixels: Value, start: Value, extent: Value, cells: Value): Samples {
  const { graph } = pixels;
  const upTo = (count: Value) =>
    cast(graph.emit("Range", [graph.constant("int64", [], [0]), count, graph.constant("int64", [], [1])]), "float32");
  const t = div(sub(add(upTo(pixels), 0.5), start), extent);
  const n = cast(cells, "float32");
  const last = sub(n, 1);
  const u = min(max(sub(mul(t, n), 0.5), 0), last);
  const before = floor(u);
  return {
    before: cast(before, "int64"),
    after: cast(min(add(before, 1), last), "int64"),
    weight: sub(u, before),
    inside: and(greaterOrEqual(t, 0), less(t, 1)),
    place: u,
    step: max(div(n, extent), 1),
    cells: upTo(cells),
  };
}

function interpolated(x: Value, { before, after, weight }: Samples, axis: 0 | 1): Value {
  const pick = (cells: Value) => x.graph.emit("Gather", [x, cells], { axis });
  const a = pick(before);
  return add(a, mul(sub(pick(after), a), unsqueeze(weight, [1 - axis])));
}

/** The cubic of Mitchell and Netravali 1988 with B and C: B = 1, C = 0 is the B-spline, which has no overshoot and no second-order creases. */
const [B, C] = [1 / 3, 1 / 3];

// d = |u_i - j| / step
// w_ij = ((12 - 9B - 6C) d^3 + (-18 + 12B + 6C) d^2 + (6 - 2B)) / 6                    d < 1
//        ((-B - 6C) d^3 + (6B + 30C) d^2 + (-12B - 48C) d + (8B + 24C)) / 6            1 <= d < 2
function cubic({ place, cells, step }: Samples): Value {
  const d = div(abs(distances(place, cells)), step);
  const polynomial = (...[a, b, c, e]: [number, number, number, number]) =>
    add(mul(add(mul(add(mul(d, a / 6), b / 6), d), c / 6), d), e / 6);
  const near = polynomial(12 - 9 * B - 6 * C, -18 + 12 * B + 6 * C, 0, 6 - 2 * B);
  const far = polynomial(-B - 6 * C, 6 * B + 30 * C, -12 * B - 48 * C, 8 * B + 24 * C);
  return shares(where(less(d, 1), near, where(less(d, 2), far, 0)));
}

// w_jk = exp(-(j - k)^2 / 2 sigma^2)
const gaussian = (cells: Value, sigma: Value): Value =>
  shares(exp(mul(square(div(distances(cells, cells), sigma)), -0.5)));

/** a_i - b_j */
const distances = (a: Value, b: Value): Value => sub(unsqueeze(a, [1]), unsqueeze(b, [0]));

/** Each row divided by its sum, so that weights that would lie beyond the map's edges are spread over the others. */
const shares = (weights: Value): Value => div(weights, sum(weights, [1], true));

/**
 * Lays maps of any size over pictures of any size. Call `release` when you are done.
 * @example
 * const { tensor, geometry } = await preprocessor.run(picture);
 * const placer = await MapPlacer.create(runtime);
 * const placed = await placer.place({ width: 7, height: 7, data: values }, geometry.view, picture);
 */
export class MapPlacer {
  readonly #runtime: Runtime;
  /** Each is opened when it is first needed. */
  readonly #sessions = new Map<Placing, Promise<Session>>();

  private constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  static async create(runtime: Runtime): Promise<MapPlacer> {
    return new MapPlacer(runtime);
  }

  /**
   * Interpolates a map bilinearly to the pixels of a picture.
   * @param map at the resolution of a layer or of the model's input
   * @param view the part of the picture that the model saw; see `Geometry`
   * @param picture its size in pixels
   * @returns a value for each pixel of the picture, NaN where the model did not look
   * @throws LimnError `bad-input` if the map does not have width * height values, `runtime` with ONNX Runtime's reason
   */
  place(map: Grid, view: Rectangle, picture: PictureSize): Promise<Grid> {
    return this.#run("placed", map, view, picture);
  }

  /** The same for the eye: bicubic, by the cubic of Mitchell and Netravali. These are not the map's numbers any more. */
  draw(map: Grid, view: Rectangle, picture: PictureSize): Promise<Grid> {
    return this.#run("drawn", map, view, picture);
  }

  /**
   * Smooths a map for the eye.
   * @param deviation the standard deviation of the Gaussian, in cells of the map, above 0
   * @returns in the map's own size
   */
  smooth(map: Grid, deviation: number): Promise<Grid> {
    return this.#run("smoothed", map, { x: 0, y: 0, width: map.width, height: map.height }, map, deviation);
  }

  async #run(
    placing: Placing,
    map: Grid,
    view: Rectangle,
    { width, height }: PictureSize,
    deviation = 1,
  ): Promise<Grid> {
    if (map.data.length !== map.width * map.height || map.data.length === 0) {
      throw new LimnError(
        "bad-input",
        `a map of ${map.width}x${map.height} has ${map.data.length} values; give ${map.width * map.height}, one for each cell`,
      );
    }
    const session = await this.#session(placing);
    const result = await session.run(
      {
        map: { dtype: "float32", dims: [map.height, map.width], data: map.data },
        view: { dtype: "float32", dims: [4], data: Float32Array.of(view.x, view.y, view.width, view.height) },
        picture: { dtype: "int64", dims: [2], data: BigInt64Array.of(BigInt(height), BigInt(width)) },
        deviation: { dtype: "float32", dims: [], data: Float32Array.of(deviation) },
      },
      [placing],
    );
    return { width, height, data: (result[placing] as TensorValue).data as Float32Array };
  }

  #session(placing: Placing): Promise<Session> {
    const session =
      this.#sessions.get(placing) ??
      openSession(placeMapGraph(placing), this.#runtime, { yields: true, optimize: "none" });
    this.#sessions.set(placing, session);
    // what could not be opened is tried again
    session.catch(() => this.#sessions.delete(placing));
    return session;
  }

  /** Frees what ONNX Runtime holds; the placer can't be used afterwards. */
  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
  }
}
