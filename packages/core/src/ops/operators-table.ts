import { isFlat, isStop, type Operator } from "./operator.js";
import { operators } from "./registry.js";

/** The page that lists every operator with its inputs and what Limn knows of its gradient, in Markdown. */
export function operatorsTable(): string {
  const table: Record<string, Operator> = operators;
  const names = Object.keys(table).sort();
  return `${INTRODUCTION}
| operator | inputs | gradient |
|---|---|---|
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
`;

const row = (name: string, operator: Operator): string =>
  `| ${name} | ${operator.inputs.map(code).join(", ")} | ${gradientOf(operator).join("; ")} |`;

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

const code = (name: string): string => `\`${name}\``;
