import type { AttributeReader } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";
import type { AxesRule, TakenRule } from "./axes.js";

/**
 * What a gradient rule sees of the node that it differentiates: the inputs by their names, the outputs, the gradients of the
 * score by the outputs, and the attributes.
 */
export type Wires<In extends string> = {
  readonly [K in In as K extends `${string}?` | `...${string}` ? never : K]: Value;
} & {
  readonly [K in In as K extends `${infer Name}?` ? Name : never]: Value | undefined;
} & {
  /** The first output. */
  readonly y: Value;
  /** The gradient of the score by the first output, in its shape. */
  readonly dy: Value;
  /** All outputs. */
  readonly ys: readonly (Value | undefined)[];
  /** The gradients by all outputs; undefined for those that the score does not depend on. */
  readonly dys: readonly (Value | undefined)[];
  /** All inputs in order, for operators that take any number. */
  readonly xs: readonly Value[];
  /** The position of the input whose gradient is asked for. */
  readonly index: number;
  /** Reads the node's attributes. */
  readonly at: AttributeReader;
  readonly node: Node;
};

/** Declares that there is no gradient, or no relevance. */
export interface Stop {
  /** Why, and what to do instead; errors show it. */
  readonly stop: string;
}

/** Declares that an operator, or one of its inputs, has no gradient. @param reason why, and after a semicolon what to do instead */
export const stop = (reason: string): Stop => ({ stop: reason });

/** Declares that the output is piecewise constant, so that the gradient is 0 and passes only other paths. */
export interface PiecewiseConstant {
  /** Why, as it reads after "because". */
  readonly piecewiseConstant: string;
}

/** Declares that the gradient is 0 wherever it exists. @param reason why, as it reads after "because" */
export const piecewiseConstant = (reason: string): PiecewiseConstant => ({ piecewiseConstant: reason });

export const isStop = (rule: object): rule is Stop => "stop" in rule;
export const isPiecewiseConstant = (rule: object): rule is PiecewiseConstant => "piecewiseConstant" in rule;

/**
 * Gives the gradient of the score by one input, in any shape that broadcasting can make of the input's: the backward pass
 * sums (or expands) it to that of the input.
 */
export type GradientRule<In extends string> = (wires: Wires<In>) => Value;

type Bare<K extends string> = K extends `${infer Name}?` ? Name : K extends `...${infer Name}` ? Name : K;

/** How an operator passes relevance from its output to its inputs, if it is not linear. */
export type Behavior =
  /** For elementwise functions: the first input gets the relevance of the output. */
  | "pass"
  /** Each element of the output is an element of an input: relevance goes to that element, as the gradient does. */
  | "route"
  /** The output is a sum of the inputs, or in proportion to them: each input gets the share of its contribution. */
  | "share"
  /** The output is a signal times a gate: the gate counts as constant, so the signal gets all. */
  | "gate";

export const pass = "pass" satisfies Behavior;
export const route = "route" satisfies Behavior;
export const share = "share" satisfies Behavior;
export const gate = "gate" satisfies Behavior;

/** The kind of layer that a linear operator makes; composites match by it. A normalization scales each number by itself. */
export type LinearKind = "convolution" | "dense" | "normalization";

/** The form of a linear operator, z = W a + shifts, to which LRP's rules apply. */
export interface Linear<In extends string> {
  readonly kind: LinearKind;
  /** For each input that may be the signal a: the input that holds the weights W. */
  readonly weights: { readonly [K in Bare<In>]?: Bare<In> };
  /** A factor of the weights; rules see the product. Default 1. */
  readonly factor?: (wires: Present<In>) => Value | number;
  /** What other inputs add to z, in shapes that broadcast to that of z; {} if there are none. */
  readonly shifts: { readonly [K in Bare<In>]?: (wires: Present<In>) => Value };
}

/**
 * The form of a function of several numbers at once, as softmax is, whose relevance is shared out by its first-order
 * expansion: R_x = x dy/dx (R / y). What the expansion leaves out is kept, as a bias keeps its share.
 */
export interface Expansion<In extends string> {
  /** R_x, in a form that divides by nothing. @param R the relevance of y, in its shape */
  readonly expansion: (wires: Wires<In>, R: Value) => Value;
}

/**
 * The form of a normalization of the first input by its own statistics, which is linear in it while its deviation counts as
 * constant: relevance is shared out as by a linear layer.
 */
export interface Normalization<In extends string> {
  /** The gradient by the first input, with the deviation held constant. */
  readonly held: GradientRule<In>;
  /** What is added to the output at the end, in a shape that broadcasts to it; undefined if nothing is. */
  readonly shift: (wires: Wires<In>) => Value | undefined;
}

/** `Linear` without the types of input names. */
export interface LinearForm {
  readonly kind: LinearKind;
  readonly weights: Readonly<Record<string, string | undefined>>;
  readonly factor?: (wires: never) => Value | number;
  readonly shifts: Readonly<Record<string, ((wires: never) => Value) | undefined>>;
}

/** `Wires` of a node that has all optional inputs. */
export type Present<In extends string> = Wires<In> & { readonly [K in Bare<In>]: Value };

/** A fact about an operator: the same for all nodes, or a function of a node's attributes and constants. */
export type Fact<T extends string | boolean> = T | ((node: Node) => T);

/** What becomes of the layout [N, channels, ...spatial] of activations, from the inputs to the output. */
export type LayoutPassing =
  /** The output always has this layout, as that of a convolution. */
  | "spatial"
  /** The output always has it, with one position for each window that slides over the input. */
  | "pools"
  /** New numbers in the layout of an input of the same rank. */
  | "keeps"
  /** The input's numbers in its layout, but moved to other positions, left out, repeated or interpolated. */
  | "moves"
  /** The input's numbers, in its layout and shape. */
  | "copies"
  /** The input's numbers in the same order, in another shape. */
  | "reshapes"
  /** The input's numbers in another order. */
  | "permutes"
  /** The output does not have this layout, or is not an activation. */
  | "ends";

/** What is known about the output's sign: it is never below 0; it is not below 0 if no float input is; or nothing. */
export type Sign = "non-negative" | "keeps" | "any";

/** What is known about a function's value at 0: if the first input is 0, so is the output; or nothing. */
export type Zero = "keeps" | "any";

/** The role of an operator in gates. A gate is the factor of a product that says how much of the other factor passes. */
export type GateRole =
  /** Its output can be a gate: it lies between two bounds. */
  | "opens"
  /** It scales or shifts a gate by a constant. */
  | "scales"
  /** It divides: as "scales", and if both operands depend on the image, the divisor counts as the scale of the other. */
  | "divides"
  /** It has nothing to do with gates. */
  | "none";

/**
 * Where the output's numbers come from: computed, so that the same inputs give the same numbers; drawn at random; or
 * quantized, which means that integers stand for floats.
 */
export type NumberSource = "computed" | "drawn" | "quantized";

/** The function that turns logits into the probabilities that a classifier gives. */
export type ScoreFunction = "softmax" | "sigmoid";

/** What Limn needs to know about an operator, next to its gradient and relevance. */
export interface Facts {
  readonly layout: LayoutPassing;
  readonly sign: Fact<Sign>;
  readonly gate: Fact<GateRole>;
  readonly numbers: NumberSource;
  /** Whether it is a ReLU, bounded above or not, which guided backpropagation and deconvnet treat in their own way. */
  readonly rectifies?: Fact<boolean>;
  /** Set if a classifier that ends in it gives probabilities (or their logarithms). */
  readonly scores?: ScoreFunction;
  /** Set if it gives the largest of its first input's numbers, or where they are. */
  readonly ranks?: true;
  /** Set if `scores` is only the shape of the function, as of HardSigmoid, so that the probabilities are not those of `scores`. */
  readonly roughly?: true;
}

/** How it is known where the places of the picture are. */
export interface Placement {
  /** What lies along the axes of an output, for operators of which `layout` does not say it. */
  readonly axes?: AxesRule;
  /** What an output has of the first input's axes, for operators that take a part of these and nothing else. */
  readonly takes?: TakenRule;
}

/** What `rectifies` leaves open. */
export interface Rectifying<In extends string> {
  /** What a ReLU passes back to its first input where it is active; default `dy`, as its slope is 1. */
  readonly active?: GradientRule<In>;
}

/** The facts of most operators: they have nothing to do with gates, and compute their numbers. */
export const plain = { gate: "none", numbers: "computed" } as const satisfies Partial<Facts>;

/** The inputs that a definition names. */
interface Inputs<In extends string> {
  /** Inputs that relevance holds constant, though the output has a gradient by them, as the positions that are read. */
  readonly held?: readonly Bare<NoInfer<In>>[];
  /**
   * Input names in order. "B?" is optional; "...x" stands for any number of inputs.
   */
  readonly inputs: readonly In[];
  /** Set if the gradient rules read `dys`, not only `dy`, so that gradients pass every output. */
  readonly everyOutput?: true;
}

/** d score / d input, for each differentiable input. */
type Gradients<In extends string> = { readonly [K in Bare<In>]?: GradientRule<In> | Stop | PiecewiseConstant };

/** Everything that Limn knows about an ONNX operator, in the form that it has in operator set 21. */
export type OperatorDefinition<In extends string = string> = Inputs<In> &
  Facts &
  Placement &
  Rectifying<NoInfer<In>> &
  (
    | { readonly gradient: Stop | PiecewiseConstant; readonly relevance?: never; readonly zero?: never }
    | { readonly gradient: Gradients<In>; readonly relevance: "pass"; readonly zero: Fact<Zero> }
    | {
        readonly gradient: Gradients<In>;
        readonly relevance:
          | Exclude<Behavior, "pass">
          | Linear<NoInfer<In>>
          | Expansion<NoInfer<In>>
          | Normalization<NoInfer<In>>
          | Stop;
        readonly zero?: never;
      }
  );

/** An operator's definition without the types of input names, so that tables can hold all operators. */
export interface Operator extends Facts, Placement, Rectifying<never> {
  readonly inputs: readonly string[];
  readonly held?: readonly string[];
  readonly everyOutput?: true;
  readonly gradient:
    | Stop
    | PiecewiseConstant
    | Readonly<Record<string, GradientRule<never> | Stop | PiecewiseConstant | undefined>>;
  readonly relevance?: Behavior | LinearForm | Expansion<never> | Normalization<never> | Stop;
  /** For operators whose relevance is "pass". */
  readonly zero?: Fact<Zero>;
}

/**
 * Defines an operator: its gradient by each input, how relevance passes it, and what else Limn needs to know. Loading a
 * model with `operators` gives it a name, and checks it then.
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

/** An input's name without the marks of optional and repeated inputs. */
export const bareName = (declared: string): string => declared.replace(/^\.\.\.|\?$/g, "");

/** The name that the operator gives its input at a position. */
export function inputName(operator: Operator, index: number): string | undefined {
  const name = operator.inputs[index] ?? operator.inputs.find((n) => n.startsWith("..."));
  return name === undefined ? undefined : bareName(name);
}

/** The form of a linear operator; undefined for operators that are not linear. */
export const linearForm = ({ relevance }: Operator): LinearForm | undefined =>
  typeof relevance === "object" && "weights" in relevance ? relevance : undefined;

/** The form of an operator whose relevance is shared out by an expansion; undefined for others. */
export const expansionOf = ({ relevance }: Operator): Expansion<never> | undefined =>
  typeof relevance === "object" && "expansion" in relevance ? relevance : undefined;

/** The form of a normalization by the input's own statistics; undefined for other operators. */
export const normalizationOf = ({ relevance }: Operator): Normalization<never> | undefined =>
  typeof relevance === "object" && "held" in relevance ? relevance : undefined;

/** Whether it makes a layer with weights; normalization counts as part of the layer before it. */
export function holdsWeights(operator: Operator): boolean {
  const form = linearForm(operator);
  return form !== undefined && form.kind !== "normalization";
}
