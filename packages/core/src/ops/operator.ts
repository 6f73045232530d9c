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
export interface Flat {
  readonly flat: string;
}

/** Says that the gradient is zero wherever it exists, and why. */
export const flat = (reason: string): Flat => ({ flat: reason });

export const isStop = (rule: object): rule is Stop => "stop" in rule;
export const isFlat = (rule: object): rule is Flat => "flat" in rule;

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

/** What every definition holds. */
interface Inputs<In extends string> {
  /**
   * Input names in order. "B?" may be omitted; "...x" stands for any number of them.
   */
  readonly inputs: readonly In[];
  /** Set where the gradient rules read `dys`, not only `dy`: gradients flow through every output. */
  readonly everyOutput?: true;
}

/** Everything Limn knows about an ONNX operator (in the one dialect that prepare/ leaves). */
export type OperatorDefinition<In extends string = string> = Inputs<In> &
  (
    | { readonly gradient: Stop | Flat; readonly relevance?: never }
    | {
        /** d score / d input, for each differentiable input. */
        readonly gradient: { readonly [K in Bare<In>]?: GradientRule<In> | Stop | Flat };
        readonly relevance: Behavior | Linear<NoInfer<In>> | Stop;
      }
  );

/** An operator definition with its input names forgotten, as tables hold it. */
export interface Operator {
  readonly inputs: readonly string[];
  readonly everyOutput?: true;
  readonly gradient: Stop | Flat | Readonly<Record<string, GradientRule<never> | Stop | Flat | undefined>>;
  readonly relevance?: Behavior | LinearForm | Stop;
}

export const defineOperator = <const In extends string>(definition: OperatorDefinition<In>): Operator =>
  definition as unknown as Operator;

/** The name that the operator gives its input at a position. */
export function inputName(operator: Operator, index: number): string | undefined {
  const name = operator.inputs[index] ?? operator.inputs.find((n) => n.startsWith("..."));
  return name?.replace(/^\.\.\.|\?$/g, "");
}
