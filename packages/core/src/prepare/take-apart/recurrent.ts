import type { Value } from "../../graph/graph.js";
import {
  add,
  concat,
  expand,
  mul,
  relu,
  reshape,
  sigmoid,
  slice,
  sub,
  tanh,
  transpose,
  unsqueeze,
} from "../../graph/math.js";
import { MOST_STEPS } from "../../ops/recurrent.js";
import { required, type Site } from "../upgrade-opset/upgrade.js";
import type { TakeApart } from "./part.js";

// Recurrent layers as what they compute at each step. x is [steps, N, features], a state is [N, hidden].

type Activation = (x: Value) => Value;

const ACTIVATIONS: Readonly<Record<string, Activation>> = { relu, sigmoid, tanh };

/** The weights of one direction: W x + R h + b + c, of all gates one below the other. */
interface Weights {
  /** What the gates get from the inputs of every step: [steps, N, gates * hidden]. */
  readonly inputs: Value;
  /** What they get from a state: [N, gates * hidden]. */
  readonly recurrent: (h: Value) => Value;
  /** The bias of the recurrent part, [gates * hidden], if there is one. */
  readonly c: Value | undefined;
  /** Peepholes, [3 * hidden]. */
  readonly P: Value | undefined;
}

/** A step of one direction. @param z what the gates get from its input, [N, gates * hidden] */
type Step = (z: Value, state: readonly Value[], weights: Weights, activations: readonly Activation[]) => Value[];

interface Kind {
  readonly gates: number;
  readonly activations: readonly string[];
  /** At which inputs the states begin: h, and for an LSTM the cell. */
  readonly states: readonly number[];
  readonly peepholes?: number;
  readonly step: (site: Site) => Step;
}

/**
 * LSTM, with gates i, o, f and candidates c:
 *
 *   C_t = f C_t-1 + i c,  H_t = o h(C_t)
 */
export const lstm = unrolled({
  gates: 4,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  states: [5, 6],
  peepholes: 7,
  step:
    () =>
    (z, state, { recurrent, c: bias, P }, activations) => {
      const [H, C] = state as [Value, Value];
      const [f, g, h] = activations as [Activation, Activation, Activation];
      const [zi, zo, zf, zc] = parts(add(z, plus(recurrent(H), bias)), 4) as [Value, Value, Value, Value];
      const [Pi, Po, Pf] = P ? parts(P, 3) : [];
      const sees = (z: Value, weights: Value | undefined, cell: Value) => (weights ? add(z, mul(weights, cell)) : z);
      const cell = add(mul(f(sees(zf, Pf, C)), C), mul(f(sees(zi, Pi, C)), g(zc)));
      return [mul(f(sees(zo, Po, cell)), h(cell)), cell];
    },
});

/**
 * GRU, with gates z, r and candidates h:
 *
 *   H_t = (1 - z) h + z H_t-1,  h = g(W x + R (r H_t-1) + c), or g(W x + r (R H_t-1 + c)) with linear_before_reset
 */
export const gru = unrolled({
  gates: 3,
  activations: ["Sigmoid", "Tanh"],
  states: [5],
  step: ({ at }) => {
    const resetsLast = at.int("linear_before_reset", 0) === 1;
    return (z, state, { recurrent, c }, activations) => {
      const [H] = state as [Value];
      const [f, g] = activations as [Activation, Activation];
      const [xz, xr, xh] = parts(z, 3) as [Value, Value, Value];
      const [hz, hr, hh] = parts(plus(recurrent(H), c), 3) as [Value, Value, Value];
      const update = f(add(xz, hz));
      const reset = f(add(xr, hr));
      const again = () => parts(plus(recurrent(mul(reset, H)), c), 3)[2] as Value;
      const candidate = g(add(xh, resetsLast ? mul(reset, hh) : again()));
      return [add(mul(sub(1, update), candidate), mul(update, H))];
    };
  },
});

/** RNN: H_t = f(W x + R H_t-1 + b + c) */
export const rnn = unrolled({
  gates: 1,
  activations: ["Tanh"],
  states: [5],
  step:
    () =>
    (z, state, { recurrent, c }, activations) => {
      const [f] = activations as [Activation];
      return [f(add(z, plus(recurrent(state[0] as Value), c)))];
    },
});

/** Writes a recurrent layer step by step; undefined for sequences of several lengths, and for forms that are rare. */
function unrolled(kind: Kind): TakeApart {
  return (site) => {
    const { at, inputs, node } = site;
    const x = required(site, 0);
    const [steps] = x.dims as [number];
    const rare = at.has("clip") || at.int("input_forget", 0) === 1 || at.int("layout", 0) === 1 || inputs[4];
    const direction = at.string("direction", "forward");
    const count = direction === "bidirectional" ? 2 : 1;
    const names = at.strings("activations", new Array(count).fill(kind.activations).flat());
    const activations = names.map((name) => ACTIVATIONS[name.toLowerCase()]);
    if (rare || steps > MOST_STEPS || activations.includes(undefined)) return undefined;
    const each = Array.from({ length: count }, (_, d) => {
      const own = activations.slice(d * kind.activations.length) as Activation[];
      return oneDirection(site, kind, { d, own, backwards: direction === "reverse" || d === 1 });
    });
    // [steps, directions, N, hidden], and the last states [directions, N, hidden]
    const Y = concat(
      each.map(({ Hs }) => unsqueeze(stacked(Hs), [1])),
      1,
    );
    const last = kind.states.map((_, i) => stacked(each.map(({ state }) => state[i] as Value)));
    return [Y, ...last].slice(0, node.outputs.length);
  };
}

interface Direction {
  readonly d: number;
  readonly own: readonly Activation[];
  readonly backwards: boolean;
}

/** @returns the state h of every step, in the order of the input, and the last states */
function oneDirection(site: Site, kind: Kind, { d, own, backwards }: Direction) {
  const { graph, inputs } = site;
  const x = required(site, 0);
  const [steps, N] = x.dims as [number, number];
  const hidden = site.at.int("hidden_size");
  const ofDirection = (i: number) => inputs[i] && reshape(at(inputs[i] as Value, 0, d), inputs[i]?.dims.slice(1) ?? []);
  const [W, R] = [ofDirection(1), ofDirection(2)] as [Value, Value];
  const [b, c] = inputs[3] ? parts(ofDirection(3) as Value, 2) : [];
  const R_T = transpose(R, [1, 0]);
  const weights: Weights = {
    inputs: plus(graph.emit("MatMul", [x, transpose(W, [1, 0])]), b),
    recurrent: (h) => graph.emit("MatMul", [h, R_T]),
    c,
    P: kind.peepholes === undefined ? undefined : ofDirection(kind.peepholes),
  };
  const zero = expand(graph.constant("float32", [], [0]), [N, hidden]);
  let state: Value[] = kind.states.map((i) => ofDirection(i) ?? zero);
  const step = kind.step(site);
  const Hs = new Array<Value>(steps);
  for (let i = 0; i < steps; i++) {
    const t = backwards ? steps - 1 - i : i;
    const z = reshape(at(weights.inputs, 0, t), [N, kind.gates * hidden]);
    state = step(z, state, weights, own);
    Hs[t] = state[0] as Value;
  }
  return { Hs, state };
}

const at = (x: Value, axis: number, place: number): Value => slice(x, [{ axis, start: place, end: place + 1 }]);

/** Equal parts of the last axis. */
function parts(x: Value, count: number): Value[] {
  const axis = x.rank - 1;
  const size = (x.dims[axis] as number) / count;
  return Array.from({ length: count }, (_, i) => slice(x, [{ axis, start: i * size, end: (i + 1) * size }]));
}

/** Along a new first axis. */
const stacked = (values: readonly Value[]): Value =>
  concat(
    values.map((value) => unsqueeze(value, [0])),
    0,
  );

const plus = (y: Value, b: Value | undefined): Value => (b ? add(y, b) : y);
