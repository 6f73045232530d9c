import * as v from "valibot";
import { checkDefinition, refusingUnknown, told } from "../definition.js";
import { LimnError } from "../error.js";
import { Value } from "../graph/graph.js";
import { isFloat, sameShape } from "../graph/tensor.js";
import { isOptionsSchema, type OptionsSchema } from "../option.js";
import { checkValue, typed } from "./check-value.js";
import {
  type IteratedMethod,
  type IteratedMethodDefinition,
  type Method,
  type MethodContext,
  type MethodDefinition,
  parseOptions,
  type SingleRunMethod,
  type State,
} from "./method.js";
import { RESERVED } from "./names.js";

/**
 * Defines a method whose map takes one run. Checks the definition, and each map that it makes.
 * @throws LimnError `bad-option` with the method's name and the field that is wrong
 * @example
 * const gradientNorm = defineMethod({
 *   name: "gradient-norm",
 *   summary: "the length of the gradient by each pixel",
 *   source: "this page",
 *   family: "gradients",
 *   usesLayer: false,
 *   options: v.object({}),
 *   signed: () => false,
 *   map({ score, image, channelAxis, gradient }) {
 *     return sqrt(sum(square(gradient(score, image)), [channelAxis], false));
 *   },
 * });
 * compile(classifier, [{ method: gradientNorm }]);
 */
export function defineMethod<O extends OptionsSchema>(definition: MethodDefinition<O>): SingleRunMethod {
  const method = definition as unknown as SingleRunMethod;
  checkDefinition("method", method, { ...DESCRIBED, map: FUNCTION });
  checkVariants(method);
  return named(method, {
    map(context, options) {
      const made = method.map(refusingUnknown(context, `method ${method.name}`), options);
      checkOutput(method, made, context, { layer: v.optional(VALUE), residual: v.optional(RESIDUAL) });
      const { residual } = made instanceof Value ? {} : made;
      if (residual) checkNumbers(method, "its residual is", residual.value, context);
      return made;
    },
  });
}

/**
 * Defines a method that runs the classifier many times, in `steps`. Checks the definition, what each step passes on, and
 * the map.
 * @throws LimnError `bad-option` with the method's name and the field that is wrong
 * @example
 * // the mean gradient along the way from black to the picture
 * const path = defineIteratedMethod({
 *   name: "path-gradient",
 *   summary: "the mean gradient while the picture fades in",
 *   source: "this page",
 *   family: "gradients",
 *   usesLayer: false,
 *   options: v.object({}),
 *   signed: () => true,
 *   steps: (context) => stepsFor(32, context),
 *   begin: ({ image }) => ({ total: zeros(image, image.dims) }),
 *   step(context, { total }) {
 *     const { image, batch, classify } = context;
 *     const { index, live } = samplesOf(context, 32);
 *     const alpha = reshape(div(cast(index, "float32"), 32), [batch, 1, 1, 1]);
 *     return { total: add(total, weightedSum(live, classify(mul(alpha, image)).gradient())) };
 *   },
 *   end: ({ channelAxis }, { total }) => sum(div(total, 32), [channelAxis], false),
 * });
 */
export function defineIteratedMethod<O extends OptionsSchema, Key extends string>(
  definition: IteratedMethodDefinition<O, Key>,
): IteratedMethod {
  const method = definition as unknown as IteratedMethod;
  checkDefinition("method", method, { ...DESCRIBED, steps: FUNCTION, begin: FUNCTION, step: FUNCTION, end: FUNCTION });
  checkVariants(method);
  const whose = `method ${method.name}`;
  return named(method, {
    steps(context, options) {
      const steps = method.steps(refusingUnknown(context, whose), options);
      if (Number.isSafeInteger(steps) && steps >= 1) return steps;
      throw new LimnError("bad-option", `${whose}: \`steps\` gives ${told(steps)}; give a whole number of at least 1`);
    },
    begin(context, options) {
      const state = method.begin(refusingUnknown(context, whose), options);
      checkBegun(method, state, context);
      return state;
    },
    step(context, state, options) {
      const next = method.step(refusingUnknown(context, whose), refusingUnknown(state, whose), options);
      checkStep(method, next, state, context);
      return next;
    },
    end(context, state, options) {
      const made = method.end(refusingUnknown(context, whose), refusingUnknown(state, whose), options);
      checkOutput(method, made, context, { indicators: v.optional(INDICATORS) });
      const { indicators = [] } = made instanceof Value ? {} : made;
      for (const { name, value } of indicators) checkNumbers(method, `its indicator "${name}" is`, value, context);
      return made;
    },
  });
}

const FUNCTION = v.custom((value) => typeof value === "function", "give a function");

const DESCRIBED = {
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9-]*$/, "give lowercase words joined by hyphens"),
    v.check((name) => !RESERVED.includes(name), "the graph has a tensor of its own by that name; give another one"),
  ),
  summary: v.string(),
  source: v.string(),
  family: v.string(),
  table: v.optional(v.object({})),
  floating: v.optional(v.boolean()),
  pixelwise: v.optional(v.strictObject({ smooth: v.pipe(v.number(), v.minValue(0)) }, "give { smooth: deviation }")),
  byDefault: v.optional(v.union([v.boolean(), v.literal("finer")])),
  usesLayer: v.union([v.boolean(), v.literal("optional")]),
  backward: v.optional(v.picklist(["gradient", "guided", "deconv", "none"])),
  options: v.custom(isOptionsSchema, "give a v.object({ ... }) of valibot"),
  signed: FUNCTION,
  variants: v.optional(v.record(v.string(), v.object({}))),
};

const VALUE = v.instance(Value, "give a value of the graph");

const RESIDUAL = v.strictObject({ value: VALUE, meaning: v.string() }, "give { value, meaning }");

const INDICATORS = v.pipe(
  v.array(v.strictObject({ name: v.string(), value: VALUE, largest: v.number(), advice: v.string() })),
  v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, "give each a name of its own"),
);

/** Sees that what variants stand for are options that the method has. */
function checkVariants(method: Method): void {
  for (const [variant, preset] of Object.entries(method.variants ?? {})) {
    parseOptions({ ...method, name: `method ${method.name}: variants.${variant}` }, preset);
  }
}

const named = <M extends Method>(method: M, checked: Partial<M>): M => ({
  ...method,
  ...checked,
  signed(options) {
    const signed: unknown = method.signed(options);
    if (typeof signed === "boolean") return signed;
    throw new LimnError("bad-option", `method ${method.name}: \`signed\` gives ${told(signed)}; give true or false`);
  },
  toJSON: () => method.name,
});

/** The value that a method writes in. */
type Written = Pick<MethodContext, "image">;

/** Checks a map [N, h, w] at the image or a layer, or [N, C, h, w] if the method keeps channels; alone, or next to `others`. */
function checkOutput(
  method: Method,
  made: unknown,
  { image }: Written,
  others: Readonly<Record<string, v.GenericSchema>>,
): void {
  const map = hasMap(made) ? made.map : made;
  const count = image.dims[0];
  checkValue(method, "its map is", map, image.graph, {
    fits: ({ rank, dims, dtype }) => (rank === 3 || rank === 4) && dims[0] === count && isFloat(dtype),
    advice: `give a floating point value [${count}, height, width], or one with channels`,
  });
  if (hasMap(made)) checkDefinition(`method ${method.name}: what it gives`, made, { map: VALUE, ...others });
}

const hasMap = (made: unknown): made is { readonly map: unknown } =>
  typeof made === "object" && made !== null && "map" in made && !Array.isArray(made);

/** A number for each image. */
function checkNumbers(method: Method, what: string, value: Value, { image }: Written): void {
  const dims = image.dims.slice(0, 1);
  const fits = (value: Value) => isFloat(value.dtype) && sameShape(value.dims, dims);
  checkValue(method, what, value, image.graph, { fits, advice: `give a floating point value [${dims}]` });
}

function checkBegun(method: Method, state: State, { image }: Written): void {
  const entries = entriesOf(method, "`begin`", state);
  const [odd] = entries.find(([key]) => !/^[\w-]+$/.test(key)) ?? [];
  if (odd !== undefined) {
    const advice = "name it by letters, digits, _ and -";
    throw new LimnError("bad-option", `method ${method.name}: \`begin\` gives "${odd}"; ${advice}`);
  }
  for (const [key, value] of entries) checkValue(method, `\`begin\` makes "${key}"`, value, image.graph);
}

function checkStep(method: Method, next: Partial<State>, state: State, { image }: Written): void {
  for (const [key, value] of entriesOf(method, "a step", next)) {
    const before = state[key];
    if (!before) {
      throw new LimnError(
        "bad-option",
        `method ${method.name}: a step gives "${key}", which \`begin\` did not give; give only ${Object.keys(state).join(", ")}`,
      );
    }
    checkValue(method, `a step gives "${key}" as`, value, image.graph, {
      fits: ({ dtype, dims }) => dtype === before.dtype && sameShape(dims, before.dims),
      advice: `give ${typed(before)}, as \`begin\` does`,
    });
  }
}

/** What a method hands on: one value at least. */
function entriesOf({ name }: Method, who: string, state: unknown): [string, unknown][] {
  const entries = typeof state === "object" && state !== null && !Array.isArray(state) ? Object.entries(state) : [];
  if (entries.length > 0) return entries;
  throw new LimnError("bad-option", `method ${name}: ${who} gives ${told(state)}; give values by name, one or more`);
}
