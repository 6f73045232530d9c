import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { blaming } from "../definition.js";
import { LimnError } from "../error.js";
import { Value } from "../graph/graph.js";
import { findLayer, type Layer, layersOf } from "../layers.js";
import type {
  IteratedMethod,
  Method,
  MethodContext,
  MethodOutput,
  Score,
  SharedContext,
  SingleRunMethod,
} from "../methods/method.js";
import { isIterated, parseOptions } from "../methods/method.js";
import { findMethod, isOwnMethod } from "../methods/registry.js";
import { withComposites } from "../methods/relevance.js";
import type { InputRange } from "../relevance/input-range.js";
import { type Transformer, transformerOf } from "../transformer.js";
import { sharedGradients, sharedRelevances } from "./backward-passes.js";
import type { CompiledMap, MapRequest } from "./compiled-map.js";
import type { NamedOutput } from "./interface.js";
import { begin, beginContext, piecesOf, writeLoop } from "./iteration.js";

/** A map that is written into the compiled graph. */
export interface WrittenMap {
  readonly map: CompiledMap;
  /** The outputs that hold it. */
  readonly outputs: readonly NamedOutput[];
  /** Outputs that say whether it can be trusted. */
  readonly checks: readonly NamedOutput[];
}

export interface WritingOptions {
  readonly range: InputRange | undefined;
  /** The classifier that iterated methods use for the pictures of a step. */
  readonly batched: Classifier;
  readonly iterated: "pieces" | "loop";
}

/** The part of a map's description that follows from the request alone. */
type Described = Pick<CompiledMap, "output" | "method" | "definition" | "name" | "options" | "signed">;

/** Writes maps into one graph, which computes what they have in common only once. */
export class MapWriter {
  readonly #classifier: Classifier;
  readonly #options: WritingOptions;
  readonly #layers: readonly Layer[];
  readonly #shared: Omit<SharedContext, "gradient" | "relevance">;
  readonly #gradientOf: ReturnType<typeof sharedGradients>;
  readonly #relevanceOf: ReturnType<typeof sharedRelevances>;
  readonly #names: string[] = [];
  #transformer: Transformer | undefined;

  /** @param classifier a copy whose graph is written to */
  constructor(classifier: Classifier, score: Score, options: WritingOptions) {
    const { image } = classifier;
    this.#classifier = classifier;
    this.#options = options;
    this.#layers = layersOf(classifier);
    this.#shared = {
      image,
      channelAxis: channelAxisOf(image),
      score,
      classifier,
    };
    this.#gradientOf = sharedGradients(image.graph);
    this.#relevanceOf = sharedRelevances(classifier, options.range);
  }

  /** @throws LimnError as `compile` does */
  write(request: MapRequest): WrittenMap {
    const { method, name, preset } = findMethod(request.method);
    const given = parseOptions(method, { ...preset, ...request.options });
    const options = withComposites(method, given, this.#classifier);
    const choice = request.layer ?? (method.usesLayer === true ? "last" : undefined);
    const layer =
      method.usesLayer && choice !== undefined ? findLayer(this.#classifier, choice, this.#layers) : undefined;
    if (layer && !layer.reached && method.backward !== "none") throw unreached(method, layer);
    const output = this.#uniqueName(request.output ?? (request.layer && layer ? `${name}/${request.layer}` : name));
    const written = () => {
      const signed = method.signed(options);
      const described = { output, method: method.name, definition: method, name, options, signed };
      return isIterated(method) ? this.#iterated(method, described, layer) : this.#single(method, described, layer);
    };
    return isOwnMethod(method) ? blaming(`method ${method.name}: its code`, written) : written();
  }

  #single(method: SingleRunMethod, described: Described, layer: Layer | undefined): WrittenMap {
    const { output: name, options } = described;
    const context = this.#contextAt(layer, method, this.#contextOf(method));
    const made = asOutput(context.image.graph.within(described.name, () => method.map(context, options)));
    const { map, residual, layer: ownLayer } = made;
    const at = layer ?? (ownLayer && (this.#layers.find(({ value }) => value === ownLayer) ?? unlisted(ownLayer)));
    const output = `${name}/residual`;
    return {
      map: {
        ...described,
        kind: "one-run",
        layer: at && layerNames(at),
        shape: map.dims,
        residual: residual && { output, meaning: residual.meaning },
        indicators: [],
      },
      outputs: [[name, map]],
      checks: residual ? [[output, residual.value]] : [],
    };
  }

  #iterated(method: IteratedMethod, described: Described, layer: Layer | undefined): WrittenMap {
    const { output: name, options } = described;
    const { batched, range, iterated } = this.#options;
    const { image } = this.#shared;
    return image.graph.within(name, (): WrittenMap => {
      const whole = beginContext(method, this.#contextOf(method), { range, batched });
      const begun = begin(method, options, this.#contextAt(layer, method, whole), batched);
      const at = layer && layerNames(layer);
      if (iterated === "pieces") {
        const parts = piecesOf(begun, name);
        return {
          map: { ...described, kind: "pieces", layer: at, ...parts },
          outputs: Object.entries(begun.state).map(([key, value]) => [`${name}/${key}`, value]),
          checks: [],
        };
      }
      const { map, indicators = [] } = writeLoop(image, begun, `${name}/loop`);
      const outputOf = (indicator: { readonly name: string }) => `${name}/${indicator.name}`;
      return {
        map: {
          ...described,
          kind: "one-run",
          layer: at,
          shape: map.dims,
          residual: undefined,
          indicators: indicators.map(({ value: _, ...told }) => ({ ...told, output: outputOf(told) })),
        },
        outputs: [[name, map]],
        checks: indicators.map((indicator) => [outputOf(indicator), indicator.value]),
      };
    });
  }

  #contextOf(method: Method) {
    return { ...this.#shared, gradient: this.#gradientOf(method), relevance: this.#relevanceOf(method) };
  }

  /**
   * The context of a method that is made at a layer. Tokens lie as a grid for it, and so do their gradients and relevances, so that no
   * method needs to know of them.
   */
  #contextAt<Context extends SharedContext>(
    at: Layer | undefined,
    method: Method,
    context: Context,
  ): Context & MethodContext {
    const layer = at && (at.tokens?.lay(at.value) ?? at.value);
    const laid = (value: Value, of: (value: Value) => Value) =>
      at?.tokens && value === layer ? at.tokens.lay(of(at.value)) : of(value);
    const transformer = () => this.#transformerOnce();
    return {
      ...context,
      gradient: (score, value) => laid(value, (v) => context.gradient(score, v)),
      relevance: (seed, value, propagation) => laid(value, (v) => context.relevance(seed, v, propagation)),
      attributed: layer ?? context.image,
      get transformer(): Transformer {
        return transformer();
      },
      get layerSource() {
        return { value: at?.value ?? this.layer, lay: (x: Value) => at?.tokens?.lay(x) ?? x };
      },
      get layer(): Value {
        if (layer) return layer;
        const advice = "define it with usesLayer: true, or read `attributed` if the layer is optional";
        throw new LimnError(
          "bad-option",
          `method ${method.name}: it reads \`layer\` but is defined without; ${advice}`,
        );
      },
    };
  }

  #transformerOnce(): Transformer {
    this.#transformer ??= transformerOf(this.#classifier);
    return this.#transformer;
  }

  #uniqueName(name: string): string {
    let unique = name;
    for (let n = 2; this.#names.includes(unique); n++) unique = `${name}_${n}`;
    this.#names.push(unique);
    return unique;
  }
}

const asOutput = (made: MethodOutput | Value): MethodOutput => (made instanceof Value ? { map: made } : made);

const layerNames = ({ tensor, stage }: Pick<Layer, "tensor" | "stage">) => ({ tensor, stage });

/** Why there is no map at tokens of which the score needs only those without a place. */
const unreached = ({ name }: Method, { tensor, tokens }: Layer): LimnError =>
  new LimnError(
    "not-applicable",
    `${name}: the score depends on the layer "${tensor}" only by ${tokens?.before === 1 ? "its class token" : "tokens that have no place in the picture"}, since the last attention lies before it; choose an earlier layer, such as "last"`,
  );

/** The names of a layer that `layersOf` does not list. */
const unlisted = (value: Value) => ({ tensor: value.name, stage: undefined });
