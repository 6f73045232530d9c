import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import {
  abs,
  add,
  and,
  cast,
  concat,
  div,
  expand,
  floor,
  greaterOrEqual,
  less,
  max,
  min,
  mul,
  not,
  reshape,
  round,
  scalar,
  sign,
  slice,
  sub,
  sum,
  unsqueeze,
  where,
} from "../graph/math.js";
import { defineOperator, plain, stop, type Wires } from "./operator.js";

type Sampled = Wires<"x" | "grid">;

export const GridSample = defineOperator({
  inputs: ["x", "grid"],
  // y = sum over corners k of w_k x[p_k]  =>  dx[p] = sum of w_k dy where p_k = p,  dgrid = sum over k of dw_k x[p_k] dy
  gradient: {
    x: (wires) => {
      const { x, dy } = wires;
      const [images, channels, height, width] = x.dims as Four;
      const corners = cornersOf(wires);
      const pixels = height * width;
      const updates = concat(
        corners.map(({ weight }) => flat(mul(dy, weight))),
        2,
      );
      const places = concat(
        corners.map(({ place }) => flat(place)),
        2,
      );
      const zeros = expand(scalar(0, dy), [images, channels, pixels]);
      const all = expand(places, updates.dims);
      return reshape(dy.graph.emit("ScatterElements", [zeros, all, updates], { axis: 2, reduction: "add" }), x.dims);
    },
    grid: (wires) => {
      const { x, grid, dy, at } = wires;
      if (modeOf(wires) === "nearest") return expand(scalar(0, grid), grid.dims);
      const [, channels] = x.dims as Four;
      const read = (place: Value) => {
        const places = flat(place);
        const [n = 1, , count = 1] = places.dims;
        const found = x.graph.emit("GatherElements", [flat(x), expand(places, [n, channels, count])], { axis: 2 });
        return reshape(found, dy.dims);
      };
      const [, height, width] = [0, ...x.dims.slice(2)] as [number, number, number];
      const slopes = cornersOf(wires).map(({ place, slopes }) => {
        const pull = mul(dy, read(place));
        return slopes.map((slope) => sum(mul(pull, slope), [1], false)) as [Value, Value];
      });
      const along = (i: 0 | 1, size: number) => {
        const total = slopes.map((each) => each[i]).reduce((a, b) => add(a, b));
        return unsqueeze(mul(total, at.int("align_corners", 0) === 1 ? (size - 1) / 2 : size / 2), [3]);
      };
      return concat([along(0, width), along(1, height)], 3);
    },
  },
  relevance: stop("sampling at given positions has no relevance rule; choose a layer downstream of it"),
  layout: "spatial",
  sign: ({ at }) => (at.string("mode", "linear") === "cubic" ? "any" : "keeps"),
  ...plain,
});

type Four = [number, number, number, number];

/** [N, C, ...positions] as [N, C, all positions]. */
const flat = (v: Value): Value => reshape(v, [v.dims[0] as number, v.dims[1] as number, -1]);

function modeOf({ x, at, node }: Sampled): string {
  const mode = at.string("mode", "linear");
  if (x.rank === 4 && mode !== "cubic") return mode;
  const what = x.rank === 4 ? "mode cubic" : `inputs of ${x.rank} dimensions`;
  throw new LimnError("unsupported", `${node.label}: no gradient for ${what}; choose a layer downstream of it`);
}

/** One of the pixels that a position is read from. All are [N, 1, rows, columns], of y's. */
interface Corner {
  /** Which pixel, counted row by row. */
  readonly place: Value;
  readonly weight: Value;
  /** How the weight grows with the column, and the row, that is read. */
  readonly slopes: readonly [Value, Value];
}

function cornersOf(wires: Sampled): Corner[] {
  const { x, grid } = wires;
  const [, , height, width] = x.dims as Four;
  const mode = modeOf(wires);
  const axis = (i: number, size: number) => {
    const position = unsqueeze(slice(grid, [{ axis: 3, start: i, end: i + 1 }]), [1]);
    const [n = 1, one = 1, rows = 1, columns = 1] = position.dims;
    return neighbors(wires, reshape(position, [n, one, rows, columns]), size, mode);
  };
  const [columns, rows] = [axis(0, width), axis(1, height)];
  return rows.flatMap((row) =>
    columns.map((column) => ({
      place: cast(add(mul(row.pixel, width), column.pixel), "int64"),
      weight: mul(row.weight, column.weight),
      slopes: [mul(row.weight, column.slope), mul(row.slope, column.weight)] as const,
    })),
  );
}

/** A pixel along one axis that has a part in a position. */
interface Neighbor {
  readonly pixel: Value;
  readonly weight: Value;
  readonly slope: Value;
}

/** @param g positions along one axis, -1 and 1 being the ends */
function neighbors({ at }: Sampled, g: Value, size: number, mode: string): Neighbor[] {
  const corners = at.int("align_corners", 0) === 1;
  const padding = at.string("padding_mode", "zeros");
  const given = corners ? mul(add(g, 1), (size - 1) / 2) : sub(mul(add(g, 1), size / 2), 0.5);
  const { p, turn } =
    padding === "border"
      ? { p: clamped(given, size), turn: mul(flag(greaterOrEqual(given, 0)), flag(less(given, size - 1))) }
      : padding === "reflection"
        ? reflected(given, corners ? 0 : -0.5, corners ? size - 1 : size - 0.5)
        : { p: given, turn: scalar(1, given) };
  const part = (q: Value, weight: Value, slope: Value): Neighbor => {
    const inside = padding === "zeros" ? flag(and(greaterOrEqual(q, 0), less(q, size))) : scalar(1, q);
    return { pixel: clamped(q, size), weight: mul(weight, inside), slope: mul(mul(slope, inside), turn) };
  };
  if (mode === "nearest") return [part(round(p), scalar(1, p), scalar(0, p))];
  const left = floor(p);
  const rest = sub(p, left);
  return [part(left, sub(1, rest), scalar(-1, p)), part(add(left, 1), rest, scalar(1, p))];
}

/** 1 where a condition holds, 0 elsewhere. */
const flag = (condition: Value): Value => cast(condition, "float32");

const clamped = (p: Value, size: number): Value => min(max(p, 0), size - 1);

/** A position as mirrors at both ends show it, and which way it goes there: 1 or -1. */
function reflected(p: Value, low: number, high: number): { p: Value; turn: Value } {
  const span = high - low;
  if (span === 0) return { p: mul(p, 0), turn: scalar(0, p) };
  const from = sub(p, low);
  const distance = abs(from);
  const times = floor(div(distance, span));
  const beyond = sub(distance, mul(times, span));
  const isOdd = greaterOrEqual(sub(times, mul(floor(div(times, 2)), 2)), 1);
  return {
    p: add(where(isOdd, sub(span, beyond), beyond), low),
    turn: mul(sign(from), sub(mul(flag(not(isOdd)), 2), 1)),
  };
}
