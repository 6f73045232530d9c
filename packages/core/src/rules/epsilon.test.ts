import { checkRule, stable, sumOver } from "../testing/check-rule.js";

checkRule("epsilon", {}, ({ a, w, b, R, eps }, j) =>
  sumOver(w, (wk, k) => {
    const z = sumOver(wk, (wkj, i) => (a[i] as number) * wkj) + (b[k] as number);
    return (((a[j] as number) * (wk[j] as number)) / stable(z, eps)) * (R[k] as number);
  }),
);
