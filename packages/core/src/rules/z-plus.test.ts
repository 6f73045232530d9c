import { checkRule, sumOver } from "../testing/check-rule.js";

const positive = (x: number) => Math.max(x, 0);

checkRule("z-plus", {}, ({ a, w, b, R, eps }, j) =>
  sumOver(w, (wk, k) => {
    const z = sumOver(wk, (wkj, i) => positive((a[i] as number) * wkj)) + positive(b[k] as number);
    return (positive((a[j] as number) * (wk[j] as number)) / (z + eps)) * (R[k] as number);
  }),
);
