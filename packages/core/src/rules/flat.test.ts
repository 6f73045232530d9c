import { checkRule, sumOver } from "../testing/check-rule.js";

checkRule("flat", {}, ({ reads, R, eps }, j) =>
  sumOver(reads, (inputs, k) => {
    const n = inputs.filter((read) => read).length;
    return inputs[j] ? (R[k] as number) / (n + eps) : 0;
  }),
);
