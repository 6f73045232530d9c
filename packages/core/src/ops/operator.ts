import type { AttributeReader } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";

/**
 * What a gradient rule sees of the node it differentiates: inputs by their names, the outputs,
 * the output cotangents, and the attributes.
 */
export type Wires<In extends string> = {
  readonly [K in In as K extends `${string}?` | `...${string}` ? never : K]: Value;
} & {
  readonly [K in In as K extends `${infer Name}?` ? Name : never]: Value | undefined;
} & {
  /** First output, and the gradient of the score by it, of the same shape. */
  readonly y: Value;
  readonly dy: Value;
  /** All outputs and their gradients, undefined for those that the score does not depend on. */
  readonly ys: readonly (Value | undefined)[];
  readonly dys: readonly (Value | undefined)[];
  /** All inputs by position, for operators that take any number. */
  readonly xs: readonly Value[];
  /** The position of the input that is asked for. */
  readonly index: number;
  readonly at: AttributeReader;
  readonly node: Node;
};

/** Declares that there is no gradient, and why: shown to the user who meets it. */
export interface Stop {
  readonly stop: string;
}

/** Says that an operator, or one of its inputs, has no gradient. The reason ends with what to do instead. */
export const stop = (reason: string): Stop => ({ stop: reason });

/** Declares that the output is piecewise constant, so that nothing flows back: other paths go on. */
export interface PiecewiseConstant {
  readonly piecewiseConstant: string;
}

/** Says that the gradient is zero wherever it exists. The reason reads on after "because". */
export const piecewiseConstant = (reason: string): PiecewiseConstant => ({ piecewiseConstant: reason });

export const isStop = (rule: object): rule is Stop => "stop" in rule;
export const isPiecewiseConstant = (rule: object): rule is PiecewiseConstant => "piecewiseConstant" in rule;

/**
 * The gradient by one input: any shape that broadcasting could have made of the input's, since
 * the backward pass sums (or expands) it back.
 */
export type GradientRule<In extends string> = (wires: Wires<In>) => Value;

type Bare<K extends string> = K extends `${infer Name}?` ? Name : K extends `...${infer Name}` ? Name : K;

/** How an operator passes relevance from its output to its inputs; the closed vocabulary that all rules speak. */
export type Behavior =
  /** Elementwise functions: the relevance of the output is that of the first input. */
  | "pass"
  /** Each element of the output is one of the inputs': relevance follows the gradient. */
  | "route"
  /** The output is a sum of the inputs, or grows in proportion to them: each gets its contribution's share. */
  | "share"
  /** A signal times a gate, which is held constant: the signal gets all. */
  | "gate";

export const pass = "pass" satisfies Behavior;
export const route = "route" satisfies Behavior;
export const share = "share" satisfies Behavior;
export const gate = "gate" satisfies Behavior;

/** What kind of layer a linear operator makes, for composites to tell apart. */
export type LinearKind = "convolution" | "dense" | "normalization";

/** z = W a + shifts: the operators that LRP's rules apply to. */
export interface Linear<In extends string> {
  readonly kind: LinearKind;
  /** Which input holds the weights, for each input that may be the signal. */
  readonly weights: { readonly [K in Bare<In>]?: Bare<In> };
  /** What the operator multiplies the weights by: rules see the product. Default 1. */
  readonly factor?: (wires: Present<In>) => Value | number;
  /** What the other inputs add to z, in shapes that broadcast over it. */
  readonly shifts: { readonly [K in Bare<In>]?: (wires: Present<In>) => Value };
}

/** A linear operator with its input names forgotten. */
export interface LinearForm {
  readonly kind: LinearKind;
  readonly weights: Readonly<Record<string, string | undefined>>;
  readonly factor?: (wires: never) => Value | number;
  readonly shifts: Readonly<Record<string, ((wires: never) => Value) | undefined>>;
}

/** Wires of a node that has all of its optional inputs. */
export type Present<In extends string> = Wires<In> & { readonly [K in Bare<In>]: Value };

/** A fact about an operator: the same for all of its nodes, or one that depends on a node's attributes and constants. */
export type Fact<T extends string | boolean> = T | ((node: Node) => T);

/** How an activation's layout [N, channels, ...spatial] gets from the inputs to the output. */
export type LayoutPassing =
  /** The output has this layout, whatever comes in, as a convolution's has. */
  | "spatial"
  /** The output has it whatever comes in, with one position for each window that slides over the input. */
  | "pools"
  /** New numbers, laid out as an input of the same rank is. */
  | "keeps"
  /** An input's numbers in its layout, but moved to other positions, left out, repeated or interpolated. */
  | "moves"
  /** The input's numbers, laid out as they were. */
  | "copies"
  /** The input's numbers in their order, in other dimensions. */
  | "reshapes"
  /** The input's numbers in another order. */
  | "permutes"
  /** The output has no such layout, or is no activation. */
  | "ends";

/** What is known of the output's sign: it is never below 0; it is not where no float input is; or nothing is known. */
export type Sign = "non-negative" | "keeps" | "any";

/** What is known of a function's value at 0: where the first input is 0, so is the output; or nothing is known. */
export type Zero = "keeps" | "any";

/** What an operator does for a gate, the factor of a product that says how much of the other passes. */
export type GateRole =
  /** Its output is one: it lies between two bounds. */
  | "opens"
  /** It scales or shifts one by a constant. */
  | "scales"
  /** It divides: as "scales", and where both operands depend on the image, the divisor counts as the scale of the other. */
  | "divides"
  | "none";

/**
 * Where the output's numbers come from: they are computed, so that the same inputs give the same; they are drawn at random; or
 * integers stand for floats.
 */
export type NumberSource = "computed" | "drawn" | "quantized";

/** What turns logits into the probabilities that a classifier reports. */
export type ScoreFunction = "softmax" | "sigmoid";

/** What the parts of Limn that look at a network ask its operators. */
export interface Facts {
  readonly layout: LayoutPassing;
  readonly sign: Fact<Sign>;
  readonly gate: Fact<GateRole>;
  readonly numbers: NumberSource;
  /** Whether it is a ReLU, bounded above or not: what guided backpropagation and deconvnets treat in their own way. */
  readonly rectifies?: Fact<boolean>;
  /** Set where a classifier that ends in it reports probabilities (or their logarithms). */
  readonly scores?: ScoreFunction;
}

/** What most operators say: they have nothing to do with gates, and the same inputs give the same numbers. */
export const plain = { gate: "none", numbers: "computed" } as const satisfies Partial<Facts>;

/** What every definition holds. */
interface Inputs<In extends string> {
  /**
   * Input names in order. "B?" may be omitted; "...x" stands for any number of them.
   */
  readonly inputs: readonly In[];
  /** Set where the gradient rules read `dys`, not only `dy`: gradients flow through every output. */
  readonly everyOutput?: true;
}

/** d score / d input, for each differentiable input. */
type Gradients<In extends string> = { readonly [K in Bare<In>]?: GradientRule<In> | Stop | PiecewiseConstant };

/** Everything Limn knows about an ONNX operator (in the one dialect that prepare/ leaves). */
export type OperatorDefinition<In extends string = string> = Inputs<In> &
  Facts &
  (
    | { readonly gradient: Stop | PiecewiseConstant; readonly relevance?: never; readonly zero?: never }
    | { readonly gradient: Gradients<In>; readonly relevance: "pass"; readonly zero: Fact<Zero> }
    | {
        readonly gradient: Gradients<In>;
        readonly relevance: Exclude<Behavior, "pass"> | Linear<NoInfer<In>> | Stop;
        readonly zero?: never;
      }
  );

/** An operator definition with its input names forgotten, as tables hold it. */
export interface Operator extends Facts {
  readonly inputs: readonly string[];
  readonly everyOutput?: true;
  readonly gradient:
    | Stop
    | PiecewiseConstant
    | Readonly<Record<string, GradientRule<never> | Stop | PiecewiseConstant | undefined>>;
  readonly relevance?: Behavior | LinearForm | Stop;
  /** Known of elementwise functions, which relevance passes. */
  readonly zero?: Fact<Zero>;
}

/**
 * Defines an operator: its gradient by each input, how relevance passes it, and what else Limn asks of it.
 * `checkedOperator` sees that a definition of a user's own is whole, once it has a name.
 * @example
 * // y = x sigmoid(1.702 x), as com.microsoft has it
 * const QuickGelu = defineOperator({
 *   inputs: ["x"],
 *   gradient: {
 *     x: ({ x, y, dy, at }) => {
 *       const alpha = at.float("alpha", 1.702);
 *       const s = sigmoid(mul(x, alpha));
 *       return mul(dy, add(s, mul(mul(y, sub(1, s)), alpha)));
 *     },
 *   },
 *   relevance: "pass",
 *   layout: "keeps",
 *   sign: "keeps",
 *   zero: "keeps",
 *   gate: "none",
 *   numbers: "computed",
 * });
 * const classifier = await loadClassifier(source, runtime, { operators: { "com.microsoft.QuickGelu": QuickGelu } });
 */
export const defineOperator = <const In extends string>(definition: OperatorDefinition<In>): Operator =>
  definition as unknown as Operator;

/** An input's name without the marks that say whether it may be omitted or repeated. */
export const bareName = (declared: string): string => declared.replace(/^\.\.\.|\?$/g, "");

/** The name that the operator gives its input at a position. */
export function inputName(operator: Operator, index: number): string | undefined {
  const name = operator.inputs[index] ?? operator.inputs.find((n) => n.startsWith("..."));
  return name === undefined ? undefined : bareName(name);
}

/** How a linear operator's layer is made of weights, or undefined for operators that are not linear. */
export const linearForm = ({ relevance }: Operator): LinearForm | undefined =>
  typeof relevance === "object" && "weights" in relevance ? relevance : undefined;

/** Whether it is a layer with weights of its own; normalization counts as part of the layer that it follows. */
export function holdsWeights(operator: Operator): boolean {
  const form = linearForm(operator);
  return form !== undefined && form.kind !== "normalization";
}
