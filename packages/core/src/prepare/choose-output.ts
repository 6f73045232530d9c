import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { linearForm } from "../ops/operator.js";
import { knownOperator } from "../ops/registry.js";
import type { Runtime, Weights } from "../session.js";
import { rankingOf, scoresOf } from "./drop-softmax.js";
import { distributionAmong, lastLayers } from "./find-logits.js";

/** Which output is explained. */
export interface ChosenOutput {
  /** Its name, or that of the scores that it is made of. */
  readonly output: string;
  /** Why this one, if there are others and the caller named none. */
  readonly why?: string;
}

/** What is known of the output before it is chosen. */
export interface OutputChoice {
  /** The name of the output that the caller wants. */
  readonly output?: string;
  /** How many values it should have: as many as classes have names, or as an embedding of theirs has numbers. */
  readonly names: number | undefined;
  readonly ofTexts: boolean;
}

interface KeptOutput {
  readonly model: Model;
  readonly found: ChosenOutput;
  readonly warnings: readonly string[];
}

/**
 * A model with one output: the named one, else the one with as many values as there are names, else one that gives
 * probabilities, else what looks like scores and is not made by a layer that another one builds upon; of equal ones the deepest,
 * then the first. For the largest scores, or their positions, it is the scores that they are chosen from.
 */
export async function chooseOutput(
  model: Model,
  { output: name, names: wanted, ofTexts }: OutputChoice,
  runtime: Runtime,
  weights: Weights,
): Promise<KeptOutput> {
  const { inputs, outputs } = model.graph;
  const all = outputs.map((o) => `"${o.name}"`).join(", ");
  if (outputs.length === 0) throw new LimnError("bad-model", "the model has no output; export it again");
  const kept = (chosen: Value) => ({
    ...model,
    graph: rewrite(model.graph, () => undefined, { outputs: [chosen] }).graph,
  });
  const alone = (output: Value): KeptOutput => {
    const [source, by] = sourceOfRanking(output) ?? [output];
    const said = (by: Node) =>
      `"${output.name}" holds only the largest scores, or which they are, by ${by.label}; explaining the scores that it chooses from, "${source.name}"`;
    return {
      model: source === output && outputs.length === 1 ? model : kept(source),
      found: { output: source.name },
      warnings: by ? [said(by)] : [],
    };
  };
  if (name !== undefined) {
    const chosen = outputs.find((o) => o.name === name);
    if (chosen) return alone(chosen);
    throw new LimnError("bad-option", `the model has no output "${name}"; it has ${all}`);
  }
  const [only] = outputs;
  if (only && outputs.length === 1) return alone(only);
  const rankings = new Map<Value, Node>();
  const sources = new Set<Value>();
  for (const output of outputs) {
    const [source, by] = sourceOfRanking(output) ?? [output];
    sources.add(source);
    if (by) rankings.set(source, by);
  }
  const batch = inputs[0]?.shape?.[0] ?? 1;
  const likeScores = [...sources].filter((o) => o.shape?.length === 2 && isFloat(o.dtype));
  const fits = (o: Value) => {
    const size = sizeOf(o.dims) / batch;
    return size === wanted || (size === 1 && wanted === 2);
  };
  const fitting = likeScores.filter(fits);
  // auxiliary classifiers of training sit at half of the way
  const depth = (o: Value) => model.graph.ancestors([o]).filter(isConvolution).length;
  const among = (fitting.length > 0 ? fitting : likeScores).sort((a, b) => depth(b) - depth(a));
  const probable =
    among.find(scoresOf) ?? (among.length > 1 ? await distributionAmong(model, among, runtime, weights) : undefined);
  const layers = new Map(among.map((o) => [o, lastLayers(o, inputs[0] as Value)]));
  const isFeature = (o: Value) => {
    const made = layers.get(o)?.flatMap((layer) => layer.outputs.flatMap((value) => value ?? [])) ?? [];
    const later = new Set(model.graph.descendants(made));
    return among.some((other) => layers.get(other)?.some((layer) => later.has(layer)));
  };
  const last = among.find((o) => !isFeature(o));
  const chosen = probable ?? last ?? ([...sources][0] as Value);
  const ranking = rankings.get(chosen);
  const reasons = [
    ...(fitting.includes(chosen)
      ? [`has as many values as ${ofTexts ? "an embedding of the classes" : "there are labels"}`]
      : []),
    ...(chosen === probable ? ["gives probabilities"] : []),
    ...(ranking ? [`is what ${ranking.label} chooses the largest scores from`] : []),
    ...(chosen === last && chosen !== probable && fitting.length === 0 && among.some(isFeature)
      ? ["is computed by a later layer"]
      : []),
  ];
  const isDeeper = among.length > 1 && depth(chosen) > depth(among.at(-1) as Value);
  if (isDeeper && reasons.length === 0) reasons.push("has the most convolutions upstream of it");
  const which = reasons.length > 0 ? `, which ${reasons.join(" and ")}` : "";
  return {
    model: kept(chosen),
    found: { output: chosen.name, why: reasons.join(" and ") || "is the first that can hold scores" },
    warnings: [`the model has ${outputs.length} outputs (${all}); explaining "${chosen.name}"${which}`],
  };
}

function isConvolution(node: Node): boolean {
  const operator = knownOperator(node);
  return operator !== undefined && linearForm(operator)?.kind === "convolution";
}

/** The scores that an output holds the largest of, or their positions, and the node that chooses them. */
function sourceOfRanking(output: Value): readonly [Value, Node] | undefined {
  const by = rankingOf(output);
  const [scores] = by?.inputs ?? [];
  if (!by || !scores || !isFloat(scores.dtype) || !scores.shape) return undefined;
  return sourceOfRanking(scores) ?? [scores, by];
}
