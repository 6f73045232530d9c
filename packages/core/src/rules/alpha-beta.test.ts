import { checkRule, sumOver, type Twin } from "../testing/check-rule.js";

const positive = (x: number) => Math.max(x, 0);
const negative = (x: number) => Math.min(x, 0);

/** Contributions by their own sign: a^- w^- speaks for the output. */
const twin =
  (alpha: number): Twin =>
  ({ a, w, b, R, eps }, j) =>
    sumOver(w, (wk, k) => {
      const total = (part: typeof positive) =>
        sumOver(wk, (wkj, i) => part((a[i] as number) * wkj)) + part(b[k] as number);
      const contribution = (a[j] as number) * (wk[j] as number);
      const share = positive(contribution) / (total(positive) + eps);
      const opposed = negative(contribution) / (total(negative) - eps);
      return (alpha * share - (alpha - 1) * opposed) * (R[k] as number);
    });

checkRule("alpha-beta", {}, twin(2));
checkRule("alpha-beta", { alpha: 1 }, twin(1));
checkRule("alpha-beta", { alpha: 1.5 }, twin(1.5));
