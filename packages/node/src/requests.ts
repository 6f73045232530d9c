import {
  batchFor,
  type Classifier,
  type Compiled,
  type CompileOptions,
  cautionOf,
  compile,
  findMethod,
  isIterated,
  LimnError,
  layersOf,
  type MapRequest,
  type Method,
  methods,
  nameOfMethod,
  type Options,
  type Preprocessing,
  rangeAfter,
  type Shape,
  singleRunMethods,
} from "@limn/core";

export interface RequestOptions {
  /**
   * Methods, by name or of your own, or "all" for every method that fits the model and takes one run of it. Default
   * "all".
   */
  readonly methods?: readonly (string | Method)[] | "all";
  /**
   * Layers for the methods that use one; see core's `findLayer`. Default the last. `stages` among them stands for every
   * stage of the network, and then "all" are the methods that use a layer, and no others can be named.
   */
  readonly layers?: readonly string[];
  /** Options of methods, by the name of the method or variant. */
  readonly options?: Readonly<Record<string, Options>>;
  /** Whether the graph gives scores next to the maps. Default true. */
  readonly scores?: boolean;
  /** The preprocessing, where it is known: rules for pixels need the range of the values that it gives. */
  readonly preprocessing?: Preprocessing | undefined;
  /** For methods that take many runs of the model; see core's `CompileOptions`. */
  readonly batched?: Classifier | undefined;
  readonly iterated?: CompileOptions["iterated"];
}

/**
 * Compiles every chosen method at every chosen layer into one graph. Of "all", methods that the model can't have
 * are left out with a warning.
 * @returns the graph, and the requests that its maps are of
 * @throws LimnError as `compile` does for methods that were named
 */
export function compileRequests(
  classifier: Classifier,
  { methods: chosen = "all", layers, options = {}, scores = true, preprocessing, batched, iterated }: RequestOptions,
): { compiled: Compiled; requests: MapRequest[]; warnings: string[] } {
  const staged = layers?.includes(STAGES) === true;
  const each = layers && [...new Set(layers.flatMap((name) => (name === STAGES ? stagesOf(classifier) : name)))];
  const wanted = chosen !== "all" ? chosen : staged ? LAYERED : singleRunMethods;
  if (staged) wanted.forEach(checkLayered);
  checkOptionNames(options, wanted.map(nameOfMethod));
  const requests = wanted.flatMap((choice): MapRequest[] => {
    const { method, name } = findMethod(choice);
    const asked = options[name] ? { method: choice, options: options[name] } : { method: choice };
    return method.usesLayer && each ? each.map((layer) => ({ ...asked, layer })) : [asked];
  });
  // a method that is refused at several layers says so once
  const refusals = new Set<string>();
  const refused = new Set<MapRequest>();
  const onRefused: CompileOptions["onRefused"] = (request, { message }) => {
    const name = nameOfMethod(request.method);
    refused.add(request);
    refusals.add(`left out ${message.startsWith(name) ? "" : `${name}: `}${message}`);
  };
  const compiled = compile(classifier, requests, {
    scores,
    ...(batched ? { batched } : {}),
    ...(iterated ? { iterated } : {}),
    ...(preprocessing ? { inputRange: rangeAfter(preprocessing) } : {}),
    ...(chosen === "all" ? { onRefused } : {}),
  });
  const warnings = [...refusals, ...layerCautions(classifier, compiled, each?.includes("last") ?? true)];
  if (compiled.maps.length === 0) {
    throw new LimnError("not-applicable", `no method fits this model: ${warnings.join("; ") || "none is named"}`);
  }
  return { compiled, requests: requests.filter((request) => !refused.has(request)), warnings };
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
  // relevance weighs activations, and what is below zero counts against what it is relevant for
  const signed = layered.filter((map) => map.definition.family === "relevance" && layerOf(map)?.signed);
  if (signed.length > 0) {
    const names = [...new Set(signed.map(({ name }) => name))].join(", ");
    const tensors = [...new Set(signed.map(({ layer }) => `"${layer?.tensor}"`))].join(", ");
    cautions.push(
      `${names}: the values at ${tensors} have both signs, so what is for the class can come out as against it; compare with grad-cam, or choose the layer of an activation function (\`limn layers\`)`,
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

/**
 * Loads a model again for the batches that its methods classify in a step.
 * @param load loads it for another input shape
 * @param batch how many pictures a step classifies. Default: what fits their size, where the model takes more than one
 * @returns undefined where one by one it is, as for methods that take one run
 * @throws LimnError as `load` does, for a batch that was asked for
 */
export async function loadBatched(
  classifier: Classifier,
  chosen: RequestOptions["methods"],
  load: (inputShape: Shape) => Promise<Classifier>,
  batch?: number,
): Promise<Classifier | undefined> {
  const iterated =
    chosen !== undefined && chosen !== "all" && chosen.some((choice) => isIterated(findMethod(choice).method));
  return iterated ? loadForBatch(classifier, load, batch) : undefined;
}

/**
 * Loads a model for many pictures at a time.
 * @param batch how many. Default: what fits their size, where the model takes more than one
 * @returns undefined where one by one it is
 * @throws LimnError as `load` does, for a batch that was asked for
 */
export async function loadForBatch(
  classifier: Classifier,
  load: (inputShape: Shape) => Promise<Classifier>,
  batch?: number,
): Promise<Classifier | undefined> {
  const size = batch ?? batchFor(classifier);
  if (size === 1) return undefined;
  try {
    return await load([size, ...classifier.image.dims.slice(1)]);
  } catch (error) {
    // that the batch is open does not mean that the model works with another
    if (batch === undefined && error instanceof LimnError) return undefined;
    throw error;
  }
}

/** Among layers, the word for every stage of the network. */
const STAGES = "stages";

/** The methods of "all" that are made at a layer. */
const LAYERED = singleRunMethods.filter((name) => methods[name].usesLayer);

function stagesOf(classifier: Classifier): string[] {
  const stages = layersOf(classifier).flatMap(({ stage }) => stage ?? []);
  if (stages.length > 0) return stages;
  throw new LimnError(
    "not-applicable",
    "the model has no activation with spatial extent, so there are no stages; explain it with a method that needs no layer, such as saliency",
  );
}

function checkLayered(choice: string | Method): void {
  const { method, name } = findMethod(choice);
  if (method.usesLayer) return;
  throw new LimnError(
    "bad-option",
    `${name} is made at no layer that could be chosen, so it has no stages; methods that have are ${LAYERED.join(", ")}`,
  );
}

function checkOptionNames(options: Readonly<Record<string, Options>>, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      findMethod(name);
      throw new LimnError(
        "bad-option",
        `options are set for ${name}, which is not among the methods ${names.join(", ")}; add it, or leave them out`,
      );
    }
  }
}
