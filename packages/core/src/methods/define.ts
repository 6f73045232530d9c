import * as v from "valibot";
import { checkDefinition, refusingUnknown } from "../definition.js";
import { LimnError } from "../error.js";
import { Value } from "../graph/graph.js";
import { isFloat, sameShape } from "../graph/tensor.js";
import { isOptionsSchema, type OptionsSchema } from "../option.js";
import type {
  IteratedMethod,
  IteratedMethodDefinition,
  Method,
  MethodContext,
  MethodDefinition,
  SingleRunMethod,
  State,
} from "./method.js";

/**
 * A method whose map is made in one run. Checks the definition, and each map that it makes.
 * @throws LimnError `bad-option` naming the method and the field that is wrong
 * @example
 * const gradientNorm = defineMethod({
 *   name: "gradient-norm",
 *   summary: "how long the gradient by each pixel is",
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
  return named(method, {
    map(context, options) {
      const made = method.map(refusingUnknown(context, `method ${method.name}`), options);
      checkMap(method, made instanceof Value ? made : made?.map, context);
      return made;
    },
  });
}

/**
 * A method that runs the classifier many times, in `steps`. Checks the definition, what each step hands on, and the map.
 * @throws LimnError `bad-option` naming the method and the field that is wrong
 */
export function defineIteratedMethod<O extends OptionsSchema, Key extends string>(
  definition: IteratedMethodDefinition<O, Key>,
): IteratedMethod {
  const method = definition as unknown as IteratedMethod;
  checkDefinition("method", method, { ...DESCRIBED, steps: FUNCTION, begin: FUNCTION, step: FUNCTION, end: FUNCTION });
  const whose = `method ${method.name}`;
  return named(method, {
    steps: (context, options) => method.steps(refusingUnknown(context, whose), options),
    begin: (context, options) => method.begin(refusingUnknown(context, whose), options),
    step(context, state, options) {
      const classify: typeof context.classify = (pictures) => {
        checkPictures(method, pictures, [context.batch, ...context.image.dims.slice(1)]);
        return context.classify(pictures);
      };
      const next = method.step(
        refusingUnknown({ ...context, classify }, whose),
        refusingUnknown(state, whose),
        options,
      );
      checkStep(method, next, state);
      return next;
    },
    end(context, state, options) {
      const made = method.end(refusingUnknown(context, whose), refusingUnknown(state, whose), options);
      checkMap(method, made instanceof Value ? made : made?.map, context);
      return made;
    },
  });
}

const FUNCTION = v.custom((value) => typeof value === "function", "give a function");

const DESCRIBED = {
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, "give lowercase words joined by hyphens")),
  summary: v.string(),
  source: v.string(),
  family: v.string(),
  table: v.optional(v.object({})),
  floating: v.optional(v.boolean()),
  usesLayer: v.union([v.boolean(), v.literal("optional")]),
  backward: v.optional(v.picklist(["gradient", "guided", "deconv", "none"])),
  options: v.custom(isOptionsSchema, "give a v.object({ ... }) of valibot"),
  signed: FUNCTION,
  variants: v.optional(v.record(v.string(), v.object({}))),
};

const named = <M extends Method>(method: M, checked: Partial<M>): M => ({
  ...method,
  ...checked,
  toJSON: () => method.name,
});

/** [N, h, w] at the image or a layer, or [N, C, h, w] where channels are kept; N images. */
function checkMap({ name }: Method, map: unknown, { image }: Pick<MethodContext, "image">): void {
  const advice = `give a floating point value [${image.dims[0]}, height, width], or one with channels`;
  if (!(map instanceof Value)) {
    throw new LimnError("bad-option", `method ${name}: it gives ${String(map)} instead of a map; ${advice}`);
  }
  const fits = (map.rank === 3 || map.rank === 4) && map.dims[0] === image.dims[0];
  if (fits && isFloat(map.dtype)) return;
  throw new LimnError("bad-option", `method ${name}: its map is ${typed(map)}; ${advice}`);
}

function checkStep({ name }: Method, next: Partial<State>, state: State): void {
  for (const [key, value] of Object.entries(next)) {
    const before = state[key];
    if (!before) {
      throw new LimnError(
        "bad-option",
        `method ${name}: a step gives "${key}", which \`begin\` did not; it gave ${Object.keys(state).join(", ")}`,
      );
    }
    if (value && value.dtype === before.dtype && sameShape(value.dims, before.dims)) continue;
    const found = value ? typed(value) : String(value);
    throw new LimnError("bad-option", `method ${name}: a step makes "${key}" ${found}; begun as ${typed(before)}`);
  }
}

function checkPictures({ name }: Method, pictures: Value, dims: readonly number[]): void {
  if (sameShape(pictures.dims, dims)) return;
  throw new LimnError(
    "bad-option",
    `method ${name}: a step classifies pictures of ${typed(pictures)}; give as many as \`batch\` says: [${dims.join(", ")}]`,
  );
}

const typed = ({ dtype, dims }: Value): string => `${dtype} [${dims.join(", ")}]`;
