import { told } from "../definition.js";
import { LimnError } from "../error.js";
import { Value } from "../graph/graph.js";
import { type Shape, sameShape } from "../graph/tensor.js";
import type { LinearLayer, Rule, Term } from "./rule.js";

const FIELDS: readonly string[] = ["factor", "parts", "bias", "z", "sign", "outputs"] satisfies (keyof Term)[];

/**
 * Checks the terms that a rule gives for a layer.
 * @throws LimnError `bad-option` with the rule, the layer, the term and what is wrong with it
 */
export function checkTerms(
  { name, conserves }: Pick<Rule, "name" | "conserves">,
  layer: LinearLayer,
  terms: readonly Term[],
): void {
  const refuse = (problem: string): never => {
    throw new LimnError("bad-option", `rule ${name} at ${layer.label}: ${problem}`);
  };
  if (!Array.isArray(terms) || terms.length === 0) refuse("it gives no terms; give [{ parts: [[a, W]] }]");
  for (const [i, term] of terms.entries()) {
    const problem = problemOf(term, layer);
    if (problem) refuse(`term ${i}: ${problem}`);
  }
  if (!conserves) return;
  for (const outputs of layer.sign ? (["positive"] as const) : (["positive", "negative"] as const)) {
    const about = terms.filter((term) => term.outputs === undefined || term.outputs === outputs);
    const total = about.reduce((sum, { factor = 1 }) => sum + factor, 0);
    if (Math.abs(total - 1) < 1e-6) continue;
    refuse(
      `it says that it conserves relevance, but the factors of its terms for ${outputs} outputs sum to ${total}; make the sum 1, or leave out \`conserves\``,
    );
  }
}

function problemOf(term: Term, { a, W, z }: LinearLayer): string | undefined {
  if (typeof term !== "object" || term === null) return `it is ${told(term)}; give { parts: [[a, W]] }`;
  const unknown = Object.keys(term).find((key) => !FIELDS.includes(key));
  if (unknown) return `it has a field "${unknown}"; its fields are ${FIELDS.join(", ")}`;
  const { factor, sign, outputs } = term;
  if (factor !== undefined && !Number.isFinite(factor)) return `its factor is ${told(factor)}; give a finite number`;
  if (sign !== undefined && sign !== 1 && sign !== -1)
    return `its sign is ${told(sign)}; give 1 or -1, or leave it out`;
  if (outputs !== undefined && outputs !== "positive" && outputs !== "negative") {
    return `its outputs are ${told(outputs)}; give "positive" or "negative", or leave them out for all`;
  }
  if (!Array.isArray(term.parts) || term.parts.length === 0) return "it has no parts; give pairs [a, W]";
  for (const [i, part] of term.parts.entries()) {
    if (!Array.isArray(part)) return `part ${i}: it is ${told(part)}; give a pair [a, W]`;
    const problem = differs(part[0], a, "its input is", "a") ?? differs(part[1], W, "its weights are", "W");
    if (problem) return `part ${i}: ${problem}`;
  }
  if (term.z !== undefined) return differs(term.z, z, "its z is", "z");
  if (term.bias === undefined) return undefined;
  const { bias } = term;
  if (isLike(bias, z) && broadcasts(bias.dims, z.dims)) return undefined;
  return `its bias is ${described(bias)}, which does not fit z, ${described(z)}`;
}

const differs = (found: unknown, wanted: Value, what: string, name: string): string | undefined =>
  isLike(found, wanted) && sameShape(found.dims, wanted.dims)
    ? undefined
    : `${what} ${described(found)}; give the type and shape of the layer's ${name}, ${described(wanted)}`;

const isLike = (found: unknown, { graph, dtype }: Value): found is Value =>
  found instanceof Value && found.graph === graph && found.dtype === dtype;

const described = (value: unknown): string =>
  value instanceof Value ? `${value.dtype} [${value.dims.join(", ")}]` : told(value);

/** Whether a shape can be stretched to another one. */
const broadcasts = (from: Shape, to: Shape): boolean =>
  from.length <= to.length && from.every((d, i) => d === 1 || d === to[to.length - from.length + i]);
