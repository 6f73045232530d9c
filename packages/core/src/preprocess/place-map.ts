import { LimnError } from "../error.js";
import { Graph, type Value } from "../graph/graph.js";
import {
  add,
  and,
  cast,
  div,
  floor,
  greaterOrEqual,
  less,
  max,
  min,
  mul,
  sub,
  unsqueeze,
  where,
} from "../graph/math.js";
import { type Model, ownModel } from "../graph/model.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import type { Rectangle } from "./geometry.js";

/**
 * A model that lays a map over the picture that it explains; it works for all sizes.
 *
 * Inputs:
 * - `map` float32 [h,w], whose cells cover the view evenly
 * - `view` float32 [4], x, y, width and height of the part of the picture that the model saw
 * - `picture` int64 [2], the picture's height and width H, W
 *
 * Output: `placed` float32 [H,W], bilinear between the centers of the map's cells, NaN outside of the view.
 */
export function placeMapGraph(): Model {
  const graph = new Graph();
  const map = graph.addInput("map", "float32", undefined);
  const view = graph.addInput("view", "float32", [4]);
  const picture = graph.addInput("picture", "int64", [2]);
  graph.within("place", () => {
    const rows = samples(at(picture, 0), at(view, 1), at(view, 3), length(map, 0));
    const columns = samples(at(picture, 1), at(view, 0), at(view, 2), length(map, 1));
    const placed = interpolated(interpolated(map, rows, 0), columns, 1);
    const inside = and(unsqueeze(rows.inside, [1]), unsqueeze(columns.inside, [0]));
    const result = where(inside, placed, Number.NaN);
    graph.rename(result, "placed");
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
}

// t = (i + 1/2 - start) / extent        the center of pixel i, as a fraction of the view
// u = clamp(t * n - 1/2, 0, n - 1)      the same in cells, from the center of the first
function samples(pixels: Value, start: Value, extent: Value, cells: Value): Samples {
  const { graph } = pixels;
  const i = graph.emit("Range", [graph.constant("int64", [], [0]), pixels, graph.constant("int64", [], [1])]);
  const t = div(sub(add(cast(i, "float32"), 0.5), start), extent);
  const n = cast(cells, "float32");
  const last = sub(n, 1);
  const u = min(max(sub(mul(t, n), 0.5), 0), last);
  const before = floor(u);
  return {
    before: cast(before, "int64"),
    after: cast(min(add(before, 1), last), "int64"),
    weight: sub(u, before),
    inside: and(greaterOrEqual(t, 0), less(t, 1)),
  };
}

function interpolated(x: Value, { before, after, weight }: Samples, axis: 0 | 1): Value {
  const pick = (cells: Value) => x.graph.emit("Gather", [x, cells], { axis });
  const a = pick(before);
  return add(a, mul(sub(pick(after), a), unsqueeze(weight, [1 - axis])));
}

/** Values on a grid, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Lays maps of any size over pictures of any size, in one session. Call `release` when you are done.
 * @example
 * const { tensor, geometry } = await preprocessor.run(picture);
 * const placer = await MapPlacer.create(runtime);
 * const placed = await placer.place({ width: 7, height: 7, data: values }, geometry.view, picture);
 */
export class MapPlacer {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** @throws LimnError `runtime` with ONNX Runtime's reason */
  static async create(runtime: Runtime): Promise<MapPlacer> {
    return new MapPlacer(await openSession(placeMapGraph(), runtime, { yields: true }));
  }

  /**
   * Interpolates a map bilinearly to the pixels of a picture.
   * @param map at the resolution of a layer or of the model's input
   * @param view the part of the picture that the model saw; see `Geometry`
   * @param picture its size in pixels
   * @returns a value for each pixel of the picture, NaN where the model did not look
   * @throws LimnError `bad-input` if the map does not have width * height values
   */
  async place(map: Grid, view: Rectangle, picture: { readonly width: number; readonly height: number }): Promise<Grid> {
    const { width, height } = picture;
    if (map.data.length !== map.width * map.height || map.data.length === 0) {
      throw new LimnError(
        "bad-input",
        `a map of ${map.width}x${map.height} has ${map.data.length} values; give ${map.width * map.height}, one for each cell`,
      );
    }
    const { placed } = await this.#session.run(
      {
        map: { dtype: "float32", dims: [map.height, map.width], data: map.data },
        view: { dtype: "float32", dims: [4], data: Float32Array.of(view.x, view.y, view.width, view.height) },
        picture: { dtype: "int64", dims: [2], data: BigInt64Array.of(BigInt(height), BigInt(width)) },
      },
      ["placed"],
    );
    return { width, height, data: (placed as TensorValue).data as Float32Array };
  }

  /** Frees what ONNX Runtime holds; the placer can't be used afterwards. */
  release(): Promise<void> {
    return this.#session.release();
  }
}
