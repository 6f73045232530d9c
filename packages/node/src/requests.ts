import {
  type Classifier,
  type Compiled,
  type CompileOptions,
  cautionOf,
  compile,
  defaultMethods,
  findMethod,
  isIterated,
  type Layer,
  LimnError,
  layersOf,
  loadForBatch,
  type MapRequest,
  type Method,
  type MethodName,
  methods,
  nameOfMethod,
  type Options,
  type Preprocessing,
  rangeAfter,
  type Shape,
  singleRunMethods,
  type Transformer,
  transformerOf,
  usualMethods,
} from "@limn/core";

/** Methods that are named, or a word for those that fit the model. */
export type MethodChoice = readonly (string | Method)[] | "all" | "default";

/** Which maps are made, and how. */
export interface RequestOptions {
  /**
   * Methods, by name or as `defineMethod` gives them; "all" for every method that fits the model and takes one run of it;
   * or "default" for the few of them that are in core's `defaultMethods`. Default "default".
   */
  readonly methods?: MethodChoice;
  /**
   * Layers for the methods that use one, by any name that core's `findLayer` knows. Default: the last. `stages` stands for
   * every stage of the network; then only methods that use a layer can be named, and "all" means all of these. If the
   * network has no stages, "all" means the methods that use no layer, with a warning about the others. With layers that
   * are named, "default" makes its methods at these.
   */
  readonly layers?: readonly string[];
  /** Options of methods, by the name of the method or variant, such as `{ lrp: { composite: "z-plus" } }`. */
  readonly options?: Readonly<Record<string, Options>>;
  /**
   * Whether methods that were named, and that the model can't have, are left out and reported, so that the others are
   * made. Default false: the first of them is thrown.
   */
  readonly partial?: boolean;
  /** Whether the graph gives scores next to the maps. Default true. */
  readonly scores?: boolean;
  /** The preprocessing, if it is known: rules for pixels need the range of the values that it gives. */
  readonly preprocessing?: Preprocessing | undefined;
  /** The model, loaded for batches, for methods that take many runs: see `loadBatched`. */
  readonly batched?: Classifier | undefined;
  /** How methods that take many runs are compiled: see core's `CompileOptions`. */
  readonly iterated?: CompileOptions["iterated"];
  /** What is explained, if it is not a single class. */
  readonly combination?: CompileOptions["combination"];
}

/** A method that was asked for by name and could not be made. */
export interface MethodFailure {
  /** As it was named. */
  readonly method: string;
  /** Why, and what to do about it. */
  readonly reason: string;
}

export interface CompiledRequests {
  readonly compiled: Compiled;
  /** What the graph's maps are of. */
  readonly requests: MapRequest[];
  readonly warnings: string[];
  /** What was named and left out: see `RequestOptions.partial`. */
  readonly failures: MethodFailure[];
  /** Compiles some of the requests again, in the same way. */
  recompile(requests: readonly MapRequest[]): Compiled;
}

/**
 * Compiles every chosen method at every chosen layer into one graph. If methods are not named, those that do not fit the
 * model are left out with a warning.
 * @returns the graph; the requests, one per map in the same order; and the warnings
 * @throws LimnError as `compile` of `@limn/core` does, for methods that were named; `bad-option` for options of a method
 *   that is not asked for; `not-applicable` if no method fits
 */
export function compileRequests(
  classifier: Classifier,
  {
    methods: chosen = "default",
    layers,
    options = {},
    partial = false,
    scores = true,
    preprocessing,
    batched,
    iterated,
    combination,
  }: RequestOptions,
): CompiledRequests {
  const staged = layers?.includes(STAGES) === true;
  const stages = staged ? stagesOf(classifier) : [];
  // without any stage, methods that use a layer are refused, or left out, for what they say of the last one
  const each = layers && [
    ...new Set(layers.flatMap((name) => (name === STAGES ? (stages.length > 0 ? stages : "last") : name))),
  ];
  const named = isNamed(chosen);
  const wanted = named ? chosen : offered(classifier, chosen, stages.length > 0);
  if (staged && named) wanted.forEach(checkLayered);
  checkOptionNames(options, wanted.map(nameOfMethod));
  const requests = wanted.flatMap((choice): MapRequest[] => {
    const { method, name } = findMethod(choice);
    const asked = options[name] ? { method: choice, options: options[name] } : { method: choice };
    if (method.usesLayer && each) return each.map((layer) => ({ ...asked, layer }));
    if (chosen !== "default" || method.byDefault !== "finer") return [asked];
    const layer = finerStage(classifier);
    return layer === undefined ? [] : [{ ...asked, layer }];
  });
  // a method that is refused at several layers says so once
  const refusals = new Map<string, MethodFailure>();
  const refused = new Set<MapRequest>();
  const onRefused: CompileOptions["onRefused"] = (request, { message }) => {
    const method = nameOfMethod(request.method);
    refused.add(request);
    refusals.set(`${method} ${message}`, { method, reason: message });
  };
  const settings: CompileOptions = {
    scores,
    ...(batched ? { batched } : {}),
    ...(iterated ? { iterated } : {}),
    ...(combination ? { combination } : {}),
    ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
  };
  // one that is alone has nothing to spare
  const lenient = !named || (partial && requests.length > 1);
  const compiled = compile(classifier, requests, { ...settings, ...(lenient ? { onRefused } : {}) });
  const leftOut = [...refusals.values()];
  if (compiled.maps.length === 0) {
    const reasons = saidOnce(leftOut).join("; ");
    throw new LimnError(
      "not-applicable",
      `no method fits this model: ${reasons || "no method is named; name one or more"}`,
    );
  }
  return {
    compiled,
    requests: requests.filter((request) => !refused.has(request)),
    warnings: [
      ...(named ? [] : saidOnce(leftOut)),
      ...layerCautions(classifier, compiled, each?.includes("last") ?? true),
      ...gridCautions(classifier, compiled),
    ],
    failures: named ? leftOut : [],
    recompile: (some) => compile(classifier, some, settings),
  };
}

/** Whether methods are named, so that one that does not fit is a failure. */
export const isNamed = (chosen: MethodChoice): chosen is readonly (string | Method)[] => typeof chosen !== "string";

function offered(classifier: Classifier, chosen: "all" | "default", staged: boolean): readonly MethodName[] {
  const all = chosen === "all" ? usualMethods(classifier) : defaultMethods;
  return staged ? all.filter((name) => methods[name].usesLayer) : all;
}

/**
 * The last stage of a finer resolution than the usual layer's, of those that end in an activation: at values of both signs,
 * what is for the class can come out as against it. Undefined if there is none.
 */
function finerStage(classifier: Classifier): string | undefined {
  const layers = layersOf(classifier);
  const placesOf = ({ shape }: Layer) => shape.slice(2).reduce((places, size) => places * size, 1);
  const usual = layers.find(({ isDefault }) => isDefault);
  return layers.findLast(
    (layer) => layer.stage !== undefined && !layer.signed && usual && placesOf(layer) > placesOf(usual),
  )?.stage;
}

/** A warning that a method is left out. */
export const saidOf = (failure: MethodFailure): string => `left out ${failure.method}: ${reasonAlone(failure)}`;

/** The reason without the method's name, with which a method's own messages begin. */
const reasonAlone = ({ method, reason }: MethodFailure): string =>
  reason.startsWith(`${method}: `) ? reason.slice(method.length + 2) : reason;

/** Warnings that methods are left out, of which those with the same reason are said together. */
export function saidOnce(failures: readonly MethodFailure[]): string[] {
  const reasons = new Set(failures.map(reasonAlone));
  return [...reasons].map((reason) => {
    const names = failures.flatMap((failure) => (reasonAlone(failure) === reason ? [failure.method] : []));
    return saidOf({ method: names.join(", "), reason });
  });
}

/**
 * What is to be said of the layers that maps are made at.
 * @param usual whether the default layer is among them
 */
function layerCautions(classifier: Classifier, { maps }: Compiled, usual: boolean): string[] {
  const layers = layersOf(classifier);
  const layerOf = ({ layer }: Compiled["maps"][number]) => layers.find(({ tensor }) => tensor === layer?.tensor);
  const last = layers.find(({ isDefault }) => isDefault);
  const cautions: string[] = [];
  const layered = maps.filter(({ definition }) => definition.usesLayer === true);
  const caution = usual && layered.length > 0 ? cautionOf(classifier, layers) : undefined;
  if (caution) cautions.push(caution);
  // all weigh activations, and what is below zero counts against what its weight is for
  const isSaid = (layer: Layer) => caution !== undefined && layer.isDefault;
  const signed = layered.filter((map) => {
    const layer = layerOf(map);
    // a transformer's tokens all have both signs, which gradients know, and relevance, whose sign is that of the values, does not
    const isUsual = layer?.tokens && map.definition.family !== "relevance";
    return layer?.signed && !isUsual && !isSaid(layer);
  });
  if (signed.length > 0) {
    const names = [...new Set(signed.map(({ name }) => name))].join(", ");
    const tensors = [...new Set(signed.map(({ layer }) => `"${layer?.tensor}"`))].join(", ");
    cautions.push(
      `${names}: the values at ${tensors} have both signs, and not those of an activation function, for which these methods are made: what is for the class can come out as against it; compare with the layer of an activation function (\`limn layers\`), or with a method without a layer, such as saliency`,
    );
  }
  // a method that chooses its layer itself
  const own = maps.find(({ definition, layer }) => definition.usesLayer === false && layer !== undefined);
  if (own?.layer && last && usual && layered.length > 0 && own.layer.tensor !== last.tensor) {
    cautions.push(
      `${own.name} is made at "${own.layer.tensor}", to which the class's own weights belong, and the other methods at "${last.tensor}", the activations that it is computed from`,
    );
  }
  return cautions;
}

/** What is to be said of the grid that methods of attention lay their maps out on, if it was not followed there. */
function gridCautions(classifier: Classifier, { maps }: Compiled): string[] {
  const names = new Set(maps.flatMap(({ name, definition }) => (definition.family === "attention" ? [name] : [])));
  const found = names.size > 0 ? transformerIn(classifier) : undefined;
  if (!found?.assumed) return [];
  const { tokens, before, grid } = found;
  const others = before === 0 ? "" : `${before} without a place and then `;
  return [
    `${[...names].join(", ")}: which places of the picture the ${tokens} tokens stand for can't be told; ${others}${grid.join(" x ")} in reading order are assumed; if it is another grid, say it with --grid HEIGHT,WIDTH (\`grid\` in programs)`,
  ];
}

/** The transformer that a network is; undefined if it is none, since a user's own method may be of the same family. */
function transformerIn(classifier: Classifier): Transformer | undefined {
  try {
    return transformerOf(classifier);
  } catch (error) {
    if (error instanceof LimnError && error.code === "not-applicable") return undefined;
    throw error;
  }
}

/**
 * Loads a model once more, for the batches of pictures that methods of many runs classify in each step.
 * @param load loads the model for another input shape
 * @param batch how many pictures a step classifies. Default: what fits their size, if the model takes more than one
 * @returns undefined if no batch is needed: for methods that take one run, and for a batch of 1
 * @throws LimnError as `load` does, for a batch that was asked for
 */
export async function loadBatched(
  classifier: Classifier,
  chosen: RequestOptions["methods"],
  load: (inputShape: Shape) => Promise<Classifier>,
  batch?: number,
): Promise<Classifier | undefined> {
  const iterated =
    chosen !== undefined && isNamed(chosen) && chosen.some((choice) => isIterated(findMethod(choice).method));
  return iterated ? loadForBatch(classifier, load, batch) : undefined;
}

/** The word that stands for every stage of the network among layers. */
const STAGES = "stages";

/** The methods of one run that are made at a layer. */
const LAYERED = singleRunMethods.filter((name) => methods[name].usesLayer);

const stagesOf = (classifier: Classifier): string[] => layersOf(classifier).flatMap(({ stage }) => stage ?? []);

function checkLayered(choice: string | Method): void {
  const { method, name } = findMethod(choice);
  if (method.usesLayer) return;
  throw new LimnError(
    "bad-option",
    `${name} is not made at a layer that can be chosen, so it can't be made at stages; choose one of ${LAYERED.join(", ")}`,
  );
}

function checkOptionNames(options: Readonly<Record<string, Options>>, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      findMethod(name);
      throw new LimnError(
        "bad-option",
        `options are set for ${name}, which is not one of the chosen methods (${names.join(", ")}); choose it too, or leave its options out`,
      );
    }
  }
}
