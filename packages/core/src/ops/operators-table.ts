import { isFlat, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

/** The page that lists every operator with its inputs and how gradients and relevance pass it, in Markdown. */
export function operatorsTable(): string {
  const table: Record<string, Operator> = operators;
  const names = Object.keys(table).sort();
  return `${INTRODUCTION}
| operator | inputs | gradient | relevance |
|---|---|---|---|
${names.map((name) => row(name, table[name] as Operator)).join("\n")}
`;
}

const INTRODUCTION = `# Operators

What Limn knows of each ONNX operator, generated from the registry by \`scripts/operators-table.mjs\`.
Models of other operator sets are brought to operator set 21 first. \`b?\` may be left out, \`...x\` stands for
any number of inputs.

- **yes**: gradients flow back through it, by all inputs unless some are named.
- **zero**: the output is piecewise constant; nothing flows back through it, other paths go on.
- **no**: an explanation that needs a gradient through it stops there with this message.

Relevance (LRP) passes it in one of these ways:

- **linear**: the rule that the composite has for layers of this kind (see [methods.md](methods.md)).
- **pass**: what the output has, the input gets. **route**: it follows the elements that the output is made of.
- **share**: each input gets its contribution's share of the sum.
- **gate**: a signal times a gate; the gate is held constant, and the signal gets all.
`;

const row = (name: string, operator: Operator): string =>
  `| ${name} | ${operator.inputs.map(code).join(", ")} | ${gradientOf(operator).join("; ")} | ${relevanceOf(operator)} |`;

function gradientOf({ inputs, gradient }: Operator): string[] {
  if (isStop(gradient) || isFlat(gradient)) return [answer(gradient)];
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
  if (isFlat(rule)) return `zero${by}, because ${rule.flat}`;
  return `yes${by}`;
}

function relevanceOf({ relevance }: Operator): string {
  if (relevance === undefined) return "";
  if (typeof relevance === "string") return relevance;
  return "stop" in relevance ? `no: ${relevance.stop}` : `linear (${relevance.kind})`;
}

const code = (name: string): string => `\`${name}\``;
