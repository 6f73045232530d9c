import { type Fact, holdsWeights, isPiecewiseConstant, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

/**
 * The page that lists every operator with its inputs, how gradients and relevance pass it, and what it says of itself,
 * in Markdown.
 * @param beyond what becomes of operators that the dialect lacks, by name
 */
export function operatorsTable(beyond: Readonly<Record<string, string>>): string {
  const table: Record<string, Operator> = operators;
  const rows = new Map([
    ...Object.entries(table).map(([name, operator]) => [name, row(name, operator)] as const),
    ...Object.entries(beyond).map(([name, fate]) => [name, cells(name, "", fate)] as const),
  ]);
  return `${INTRODUCTION}
| operator | inputs | gradient | relevance | layout | sign | zero | gate | more |
|---|---|---|---|---|---|---|---|---|
${[...rows.keys()]
  .sort()
  .map((name) => rows.get(name))
  .join("\n")}
`;
}

const INTRODUCTION = `# Operators

What Limn knows of each ONNX operator up to operator set 26, generated from the registry by \`scripts/operators-table.mjs\`.
Models of other operator sets are brought to operator set 21 first. \`b?\` may be left out, \`...x\` stands for
any number of inputs. [CONTRIBUTING.md](../CONTRIBUTING.md#a-new-operator) shows how to add one, to Limn or for a model of your own.

- **yes**: gradients flow back through it, by all inputs unless some are named.
- **zero**: the output is piecewise constant; nothing flows back through it, other paths go on.
- **no**: an explanation that needs a gradient through it stops there with this message.

Relevance (LRP) passes it in one of these ways:

- **linear**: the rule that the composite has for layers of this kind (see [methods.md](methods.md)).
- **pass**: what the output has, the input gets. **route**: it follows the elements that the output is made of.
- **share**: each input gets its contribution's share of the sum.
- **gate**: a signal times a gate; the gate is held constant, and the signal gets all.

What the operator says of its output (a dash: nothing; *varies*: it depends on attributes and constants):

- **layout** is how [N, channels, ...spatial] passes. *spatial*: the output has it, whatever comes in; *pools*: so it has, a
  position for each window; *keeps*: new numbers, laid out as an input is; *moves*: an input's numbers at other positions;
  *copies*: the input's numbers as they were; *reshapes*: in other dimensions; *permutes*: in another order.
  What makes or keeps it is a layer that maps can be made at.
- **sign**: *non-negative*, or it *keeps* non-negative inputs so. LRP skips what can't be there.
- **zero**: a function of one number *keeps* 0 at 0.
- **gate**: its output *opens* a gate, or it *scales* one; a divisor (*divides*) is the scale of what it divides.
- **more**: whether it holds *weights*, is a *ReLU* to guided backpropagation, makes *softmax* or *sigmoid* probabilities, draws
  its numbers at random (*drawn*), or is the integer form of another (*quantized*: such models are refused as they are loaded).
`;

const cells = (...values: string[]): string =>
  `| ${[...values, ...new Array(9 - values.length).fill("")].join(" | ")} |`;

const row = (name: string, operator: Operator): string =>
  cells(
    name,
    operator.inputs.map(code).join(", "),
    gradientOf(operator).join("; "),
    relevanceOf(operator),
    told(operator.layout, "ends"),
    told(operator.sign, "any"),
    operator.zero === undefined ? "" : told(operator.zero, "any"),
    told(operator.gate, "none"),
    moreOf(operator).join(", "),
  );

/** A fact in words. @param nothing the word that says nothing */
const told = (fact: Fact<string>, nothing: string): string =>
  typeof fact === "function" ? "varies" : fact === nothing ? "–" : fact;

function moreOf(operator: Operator): string[] {
  const { rectifies, scores, numbers } = operator;
  return [
    ...(holdsWeights(operator) ? ["weights"] : []),
    ...(rectifies === undefined ? [] : [rectifies === true ? "ReLU" : "ReLU varies"]),
    ...(scores ? [scores] : []),
    ...(numbers === "computed" ? [] : [numbers]),
  ];
}

function gradientOf({ inputs, gradient }: Operator): string[] {
  if (isStop(gradient) || isPiecewiseConstant(gradient)) return [answer(gradient)];
  // inputs of which the same holds stand together
  const groups = new Map<string, { rule: object; by: string[] }>();
  for (const [input, rule] of Object.entries(gradient)) {
    if (!rule) continue;
    const group = groups.get(answer(rule));
    if (group) group.by.push(code(input));
    else groups.set(answer(rule), { rule, by: [code(input)] });
  }
  return [...groups.values()].map(({ rule, by }) =>
    answer(rule, by.length === inputs.length ? "" : ` by ${by.join(", ")}`),
  );
}

function answer(rule: object, by = ""): string {
  if (isStop(rule)) return `no${by}: ${rule.stop}`;
  if (isPiecewiseConstant(rule)) return `zero${by}, because ${rule.piecewiseConstant}`;
  return `yes${by}`;
}

function relevanceOf({ relevance }: Operator): string {
  if (relevance === undefined) return "";
  if (typeof relevance === "string") return relevance;
  return "stop" in relevance ? `no: ${relevance.stop}` : `linear (${relevance.kind})`;
}

const code = (name: string): string => `\`${name}\``;
