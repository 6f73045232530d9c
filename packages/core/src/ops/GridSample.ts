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
import { sizeOf } from "../graph/tensor.js";
import { defineOperator, plain, share, type Wires } from "./operator.js";

type Sampled = Wires<"x" | "grid">;

export const GridSample = defineOperator({
  inputs: ["x", "grid"],
  // y = sum over corners k of w_k x[p_k]  =>  dx[p] = sum of w_k dy where p_k = p,  dgrid = sum over k of dw_k x[p_k] dy
  gradient: {
    x: (wires) => {
      const { x, dy } = wires;
      const corners = cornersOf(wires);
      const updates = concat(
        corners.map(({ weight }) => flat(mul(dy, weight))),
        2,
      );
      const places = concat(
        corners.map(({ place }) => flat(place)),
        2,
      );
      const zeros = expand(scalar(0, dy), flatDims(x));
      const all = expand(places, updates.dims);
      return reshape(dy.graph.emit("ScatterElements", [zeros, all, updates], { axis: 2, reduction: "add" }), x.dims);
    },
    grid: (wires) => {
      const { x, grid, dy, at } = wires;
      if (modeOf(wires) === "nearest") return expand(scalar(0, grid), grid.dims);
      const read = (place: Value) => {
        const places = flat(place);
        const [n = 1, , count = 1] = places.dims;
        const positions = expand(places, [n, x.dims[1] as number, count]);
        return reshape(x.graph.emit("GatherElements", [flat(x), positions], { axis: 2 }), dy.dims);
      };
      const pulls = cornersOf(wires).map(({ place, slopes }) => ({ pull: mul(dy, read(place)), slopes }));
      const along = (axis: number) => {
        const parts = pulls.map(({ pull, slopes }) => sum(mul(pull, slopes[axis] as Value), [1], false));
        const size = x.dims[axis + 2] as number;
        const total = parts.reduce((a, b) => add(a, b));
        return unsqueeze(mul(total, at.int("align_corners", 0) === 1 ? (size - 1) / 2 : size / 2), [-1]);
      };
      // the last axis comes first
      return concat(
        spatialAxes(x)
          .toReversed()
          .map((axis) => along(axis)),
        -1,
      );
    },
  },
  // y is in proportion to x
  relevance: share,
  held: ["grid"],
  layout: "spatial",
  sign: ({ at }) => (at.string("mode", "linear") === "cubic" ? "any" : "keeps"),
  ...plain,
});

/** [N, C, ...positions] as [N, C, all positions]. */
const flat = (v: Value): Value => reshape(v, [v.dims[0] as number, v.dims[1] as number, -1]);

const flatDims = ({ dims: [images = 1, channels = 1, ...positions] }: Value): [number, number, number] => [
  images,
  channels,
  sizeOf(positions),
];

/** Height and width, or depth, height and width, counted from 0. */
const spatialAxes = (x: Value): number[] => x.dims.slice(2).map((_, i) => i);

function modeOf({ at, node }: Sampled): string {
  const mode = at.string("mode", "linear");
  if (mode === "linear" || mode === "nearest" || mode === "cubic") return mode;
  throw new LimnError("unsupported", `${node.label}: no gradient for mode "${mode}"; choose a layer downstream of it`);
}

/** One of the pixels that a position is read from. All are [N, 1, ...positions], of y's. */
interface Corner {
  /** Which pixel, counted row by row. */
  readonly place: Value;
  readonly weight: Value;
  /** How the weight grows with the position that is read, along each spatial axis. */
  readonly slopes: readonly Value[];
}

/** Every combination of neighbors along the axes: its weight is the product of theirs. */
function cornersOf(wires: Sampled): Corner[] {
  const { x, grid } = wires;
  const [, , ...sizes] = x.dims;
  const last = grid.rank - 1;
  const along = sizes.map((size, axis) => {
    const start = sizes.length - 1 - axis;
    const position = reshape(slice(grid, [{ axis: last, start, end: start + 1 }]), [
      grid.dims[0] as number,
      1,
      ...grid.dims.slice(1, -1),
    ]);
    return neighbors(wires, position, size);
  });
  const combined = along.reduce<Neighbor[][]>(
    (combinations, each) => combinations.flatMap((before) => each.map((neighbor) => [...before, neighbor])),
    [[]],
  );
  return combined.map((each) => ({
    place: cast(
      each.map(({ pixel }) => pixel).reduce((place, pixel, axis) => add(mul(place, sizes[axis] as number), pixel)),
      "int64",
    ),
    weight: each.map(({ weight }) => weight).reduce((a, b) => mul(a, b)),
    slopes: each.map((_, axis) =>
      each.map(({ weight, slope }, i) => (i === axis ? slope : weight)).reduce((a, b) => mul(a, b)),
    ),
  }));
}

/** A pixel along one axis that has a part in a position. */
interface Neighbor {
  readonly pixel: Value;
  readonly weight: Value;
  readonly slope: Value;
}

/** @param g positions along one axis, -1 and 1 being the ends */
function neighbors(wires: Sampled, g: Value, size: number): Neighbor[] {
  const { at } = wires;
  const mode = modeOf(wires);
  const corners = at.int("align_corners", 0) === 1;
  const padding = at.string("padding_mode", "zeros");
  const given = corners ? mul(add(g, 1), (size - 1) / 2) : sub(mul(add(g, 1), size / 2), 0.5);
  const [low, high] = corners ? [0, size - 1] : [-0.5, size - 0.5];
  // mode cubic looks for its pixels around positions beyond the border, too
  const { p, turn } =
    padding === "border" && mode !== "cubic"
      ? { p: clamped(given, size), turn: mul(flag(greaterOrEqual(given, 0)), flag(less(given, size - 1))) }
      : padding === "reflection"
        ? reflected(given, low, high)
        : { p: given, turn: scalar(1, given) };
  const part = (q: Value, weight: Value, slope: Value): Neighbor => {
    const inside = padding === "zeros" ? flag(and(greaterOrEqual(q, 0), less(q, size))) : scalar(1, q);
    const pixel = padding === "reflection" ? round(reflected(q, low, high).p) : q;
    return { pixel: clamped(pixel, size), weight: mul(weight, inside), slope: mul(mul(slope, inside), turn) };
  };
  if (mode === "nearest") return [part(round(p), scalar(1, p), scalar(0, p))];
  const left = floor(p);
  const rest = sub(p, left);
  if (mode === "linear") {
    return [part(left, sub(1, rest), scalar(-1, p)), part(add(left, 1), rest, scalar(1, p))];
  }
  return [-1, 0, 1, 2].map((offset) => {
    const { weight, slope } = cubic(sub(rest, offset));
    return part(add(left, offset), weight, slope);
  });
}

/** The slope of the cubic kernel at distance 1. */
const A = -0.75;

/**
 * What a pixel weighs by its distance from the position (Keys 1981), and how that grows with the position:
 *
 *   w(d) = (A + 2) |d|^3 - (A + 3) |d|^2 + 1 up to 1,  A |d|^3 - 5 A |d|^2 + 8 A |d| - 4 A from 1 to 2
 */
function cubic(distance: Value): { weight: Value; slope: Value } {
  const d = abs(distance);
  const near = less(d, 1);
  const polynomial = (...factors: number[]) =>
    factors.reduce<Value>((value, factor) => add(mul(value, d), factor), scalar(0, d));
  const grows = where(near, polynomial(3 * (A + 2), -2 * (A + 3), 0), polynomial(3 * A, -10 * A, 8 * A));
  return {
    weight: where(near, polynomial(A + 2, -(A + 3), 0, 1), polynomial(A, -5 * A, 8 * A, -4 * A)),
    slope: mul(sign(distance), grows),
  };
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
