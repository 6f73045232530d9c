import { checkRule, stable, sumOver, type Twin } from "../testing/check-rule.js";

/** Contributions of the sign of the output count 1 + gamma times. */
const twin =
  (gamma: number): Twin =>
  ({ a, w, b, R, eps }, j) =>
    sumOver(w, (wk, k) => {
      const z = sumOver(wk, (wkj, i) => (a[i] as number) * wkj) + (b[k] as number);
      const favored = (contribution: number) =>
        Math.sign(contribution) === Math.sign(z) ? (1 + gamma) * contribution : contribution;
      const total = sumOver(wk, (wkj, i) => favored((a[i] as number) * wkj)) + favored(b[k] as number);
      return (favored((a[j] as number) * (wk[j] as number)) / stable(total, eps)) * (R[k] as number);
    });

checkRule("gamma", {}, twin(0.25));
checkRule("gamma", { gamma: 2 }, twin(2));
checkRule("gamma", { gamma: 0 }, twin(0));
