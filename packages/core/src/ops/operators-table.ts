import { type Fact, holdsWeights, isPiecewiseConstant, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

/**
 * The page docs/operators.md in Markdown: every operator with its inputs, how gradients and relevance pass it, and its
 * facts.
 * @param beyond whether gradients can pass operators that the dialect lacks, by name
 */
export function operatorsTable(beyond: Readonly<Record<string, string>>): string {
  const table: Record<string, Operator> = operators;
  const rows = new Map([
    ...Object.entries(table).map(([name, operator]) => [name, row(name, operator)] as const),
    ...Object.entries(beyond).map(([name, fate]) => [name, cells(name, "", fate)] as const),
  ]);
  return `${INTRODUCTION}
| operator | inputs | gradient | relevance | layout | sign | at 0 | gate | more |
|---|---|---|---|---|---|---|---|---|
${[...rows.keys()]
  .sort()
  .map((name) => rows.get(name))
  .join("\n")}
`;
}

const INTRODUCTION = `# Operators

What Limn knows about each ONNX operator up to operator set 26, generated from the registry by \`scripts/operators-table.mjs\`.
Models of other operator sets are rewritten in operator set 21 first. The input \`b?\` is optional, and \`...x\` stands for
any number of inputs. [CONTRIBUTING.md](../CONTRIBUTING.md#a-new-operator) shows how to add an operator, to Limn or for a model
of your own.

The column *gradient* says whether gradients can pass it:

- **yes**: they pass to all inputs, or to those that are named.
- **constant**: the output is piecewise constant, so the gradient through it is 0, and only other paths count.
- **no**: an explanation that needs a gradient through it fails with this message.

The column *relevance* says how relevance (LRP) passes it:

- **linear**: by the rule that the composite has for layers of this kind (see [methods.md](methods.md)).
- **pass**: the input gets the relevance of the output. **route**: the elements that the output consists of get it.
- **share**: each input gets the share of its contribution to the sum.
- **gate**: it is a signal times a gate; the gate counts as constant, so the signal gets all.
- **normalization**: its deviation counts as constant; then it is linear, and every input gets the share of its contribution.
- **expansion**: by the first-order expansion of the function, unless it is a gate that counts as constant.
- **held**: these inputs count as constant, too, and get nothing.

The other columns say what is known about the output (a dash: nothing; *varies*: it depends on attributes and constants):

- **layout** says what becomes of the layout [N, channels, ...spatial]. *spatial*: the output always has it; *pools*: it
  always has it, with one position for each window; *keeps*: new numbers in the layout of an input; *moves*: the input's
  numbers at other positions; *copies*: the input's numbers unchanged; *reshapes*: the input's numbers in another shape;
  *permutes*: the input's numbers in another order. Maps can be made at outputs that have this layout.
- **sign**: the output is *non-negative*, or *keeps* to that if the inputs are. LRP then skips what can't occur.
- **at 0**: a function of one number *keeps* 0: its value at 0 is 0.
- **gate**: its output can be a gate (*opens*), or it *scales* a gate; a divisor (*divides*) is the scale of what it divides.
- **more**: whether it holds *weights*, is a *ReLU* for guided backpropagation, makes *softmax* or *sigmoid* probabilities,
  draws its numbers at random (*drawn*), or rounds to integers that stand for floats, or computes with these (*quantized*:
  gradients and relevance pass straight through the rounding).
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

/** A fact in words. @param nothing the word for "nothing is known" */
const told = (fact: Fact<string>, nothing: string): string =>
  typeof fact === "function" ? "varies" : fact === nothing ? "–" : fact;

function moreOf(operator: Operator): string[] {
  const { rectifies, scores, roughly, ranks, numbers } = operator;
  return [
    ...(holdsWeights(operator) ? ["weights"] : []),
    ...(rectifies === undefined ? [] : [rectifies === true ? "ReLU" : "ReLU varies"]),
    ...(scores ? [roughly ? `roughly ${scores}` : scores] : []),
    ...(ranks ? ["ranks"] : []),
    ...(numbers === "computed" ? [] : [numbers]),
  ];
}

function gradientOf({ inputs, gradient }: Operator): string[] {
  if (isStop(gradient) || isPiecewiseConstant(gradient)) return [answer(gradient)];
  // inputs with the same answer are listed together
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
  if (isPiecewiseConstant(rule)) return `constant${by}, because ${rule.piecewiseConstant}`;
  return `yes${by}`;
}

function relevanceOf({ relevance, held }: Operator): string {
  if (relevance === undefined) return "";
  if (typeof relevance === "string") return held ? `${relevance} (${held.map(code).join(", ")} held)` : relevance;
  if ("expansion" in relevance) return "expansion";
  if ("held" in relevance) return "normalization";
  return "stop" in relevance ? `no: ${relevance.stop}` : `linear (${relevance.kind})`;
}

const code = (name: string): string => `\`${name}\``;
