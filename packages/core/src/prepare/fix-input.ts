import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat, type Shape, type Size } from "../graph/tensor.js";
import { didYouMean } from "../suggest.js";

/** From this IR version on, constants need not be listed as inputs, so that only the one real input is left. */
const CONSTANTS_ALONE = 4;

/**
 * Gives the model's input a static shape, since a graph is compiled for one shape.
 *
 * Requires: exactly one input, a float tensor.
 * Ensures: the input has a shape; nothing else has, since the file's shapes may belong to another size.
 * @param shape the whole shape; default: the one that the file declares, with a batch of 1
 * @param pictureSize height and width in pixels, if the file leaves them open
 * @throws LimnError `unsupported` for several inputs or another type, `bad-option` if shapes disagree
 */
export function fixInput(model: Model, shape?: Shape, pictureSize?: Size): Model {
  const input = theInput(model);
  const fixed = resolveShape(input, shape, pictureSize);
  return withShapes(model, [fixed]);
}

/**
 * Gives all inputs of a model of any kind static shapes.
 *
 * Ensures: every input has a shape; nothing else has.
 * @param shapes whole shapes by the input's name, for inputs whose sizes the file leaves open
 * @throws LimnError `bad-option` for a shape that is missing or does not fit, and for inputs that do not exist,
 *   `unsupported` for inputs that are not tensors
 */
export function fixInputs(model: Model, shapes: Readonly<Record<string, Shape>>): Model {
  const { inputs } = model.graph;
  const names = inputs.map(({ name }) => name);
  const stranger = Object.keys(shapes).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new LimnError(
      "bad-option",
      `inputShapes: the model has no input "${stranger}"; ${didYouMean(stranger, names) || "leave it out"}`,
    );
  }
  return withShapes(
    model,
    inputs.map((input) => inputShape(input, shapes[input.name])),
  );
}

/** A copy of the model whose inputs have these shapes, and nothing else has one. */
function withShapes(model: Model, shapes: readonly Shape[]): Model {
  const { graph } = rewrite(model.graph, () => undefined);
  graph.inputs.forEach((input, i) => {
    input.shape = shapes[i];
  });
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output) output.shape = undefined;
  }
  const { origin: _, ...bare } = model;
  return { ...bare, irVersion: Math.max(model.irVersion, CONSTANTS_ALONE), graph };
}

/** The shape that is given for an input, or the one that the file declares. */
function inputShape({ name, dtype, declared }: Value, given: Shape | undefined): Shape {
  if (dtype === undefined || dtype === "other") {
    throw new LimnError("unsupported", `the input "${name}" is not a tensor; export the model with tensors as inputs`);
  }
  const isOpen = (d: number | string | undefined) => typeof d !== "number" || d < 0;
  if (given) {
    const counts = given.every((d) => Number.isInteger(d) && d > 0);
    if (
      counts &&
      (!declared || (declared.length === given.length && declared.every((d, i) => isOpen(d) || d === given[i])))
    )
      return given;
    const takes = declared ? `the model takes [${inWords(declared)}]` : "give whole numbers of at least 1";
    throw new LimnError(
      "bad-option",
      `inputShapes: "${name}" is [${given.join(", ")}]; ${counts ? takes : "give whole numbers of at least 1"}`,
    );
  }
  if (declared?.every((d) => !isOpen(d))) return declared as number[];
  const example = declared ? `[${declared.map((d) => (isOpen(d) ? 1 : d)).join(", ")}]` : "[1, 10]";
  const reason = declared
    ? `the model leaves sizes of its input "${name}" open: [${inWords(declared)}]`
    : `the model does not say the shape of its input "${name}"`;
  throw new LimnError(
    "bad-option",
    `${reason}; give its whole shape, for example inputShapes: { "${name}": ${example} }`,
  );
}

const inWords = (declared: readonly (number | string | undefined)[]): string =>
  declared.map((d) => d ?? "?").join(", ");

/** The one input that a classifier has. */
function theInput({ graph }: Model): Value {
  const [input, ...others] = graph.inputs;
  if (!input) throw new LimnError("unsupported", "the model has no input; a classifier takes one image");
  if (others.length > 0) {
    const names = graph.inputs.map((i) => `"${i.name}"`).join(", ");
    throw new LimnError(
      "unsupported",
      `the model has ${graph.inputs.length} inputs (${names}), but Limn explains models with one, the image; make the others constants and export the model again, or name an output that needs only the image, with --output`,
    );
  }
  if (!isFloat(input.dtype)) {
    throw new LimnError(
      "unsupported",
      `the input "${input.name}" is of type ${input.dtype ?? "unknown"}, but gradients need a floating point input, or whole numbers that a Cast makes floats; load the float32 export`,
    );
  }
  return input;
}

function resolveShape(input: Value, shape: Shape | undefined, pictureSize: Size | undefined): Shape {
  const { declared } = input;
  if (shape) {
    // a batch of one, where the model takes no batch
    if (declared?.length === 3 && shape.length === 4 && shape[0] === 1) {
      return resolveShape(input, shape.slice(1), pictureSize);
    }
    const fits =
      !declared ||
      (declared.length === shape.length &&
        declared.every((d, i) => typeof d !== "number" || d < 1 || d === shape[i] || i === 0));
    if (!fits) {
      throw new LimnError(
        "bad-option",
        `the input "${input.name}" takes [${inWords(declared)}], not [${shape.join(", ")}]; choose a size that fits`,
      );
    }
    return shape;
  }
  if (!declared) {
    throw new LimnError(
      "bad-option",
      `the model does not say the shape of its input "${input.name}"; give it, for example as --input-shape 1,3,224,224`,
    );
  }
  const assumed = (pictureSize && assumedShape(declared, pictureSize)) ?? [1];
  const resolved = declared.map((d, i) => (typeof d === "number" && d > 0 ? d : assumed[i]));
  if (declared.some((d) => d === 0)) {
    throw new LimnError(
      "bad-model",
      `the input "${input.name}" has the shape [${declared.join(", ")}], which holds no numbers; export the model again`,
    );
  }
  if (resolved.some((d) => d === undefined)) {
    throw new LimnError(
      "bad-option",
      `the model leaves sizes of its input "${input.name}" open: [${inWords(declared)}]; give them, for example as --input-shape 1,3,224,224`,
    );
  }
  return resolved as number[];
}

/** The shape of one color picture, with or without a batch; undefined for other inputs. */
function assumedShape(declared: readonly (number | string | undefined)[], size: Size): readonly number[] | undefined {
  if (declared.length === 3) return pictureShape([1, ...declared], size).slice(1);
  return declared.length === 4 ? pictureShape(declared, size) : undefined;
}

/** The shape of one color picture: channels last if the file says so, else first, as PyTorch exports them. */
function pictureShape(
  [, second, , last]: readonly (number | string | undefined)[],
  [height, width]: Size,
): readonly number[] {
  const channelsLast = typeof second !== "number" && (last === 1 || last === 3);
  return channelsLast ? [1, height, width, last] : [1, 3, height, width];
}
