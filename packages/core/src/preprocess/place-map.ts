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
import type { Model } from "../graph/model.js";
import { openSession } from "../onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import type { Rectangle } from "./geometry.js";

/**
 * Lays a map over the picture that it explains, as a model of its own; one serves all sizes.
 *
 * Inputs:
 * - `map` float32 [h,w], spread evenly over the view
 * - `view` float32 [4], the rectangle x, y, width, height of the picture that the model saw
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
  return { graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "limn", metadata: new Map() };
}

const at = (x: Value, i: number): Value => x.graph.emit("Gather", [x, x.graph.constant("int64", [], [i])], { axis: 0 });

const length = (x: Value, axis: number): Value => at(x.graph.emit("Shape", [x]), axis);

/** Where the pixels of one axis fall between the map's cells. */
interface Samples {
  /** int64, the cells on both sides. */
  readonly before: Value;
  readonly after: Value;
  /** float32 in [0,1], what the cell after counts. */
  readonly weight: Value;
  readonly inside: Value;
}

// t = (i + 1/2 - start) / extent        the center of pixel i, as a share of the view
// u = clamp(t * n - 1/2, 0, n - 1)      in cells, from the center of the first
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

/** Lays maps of any size over pictures of any size, in one session. */
export class MapPlacer {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  static async create(runtime: Runtime): Promise<MapPlacer> {
    return new MapPlacer(await openSession(placeMapGraph(), runtime, { yields: true }));
  }

  /**
   * @param map at the resolution of a layer or of the model's input
   * @param view what the model saw of the picture, see Geometry
   * @returns the map on the picture's own pixels, NaN where the model did not look
   */
  async place(map: Grid, view: Rectangle, picture: { readonly width: number; readonly height: number }): Promise<Grid> {
    const { width, height } = picture;
    if (map.data.length !== map.width * map.height || map.data.length === 0) {
      throw new LimnError(
        "bad-input",
        `a map of ${map.width}x${map.height} has ${map.data.length} values; give as many as it has cells`,
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

  release(): Promise<void> {
    return this.#session.release();
  }
}
