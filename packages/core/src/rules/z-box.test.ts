import { checkRule, sumOver } from "../testing/check-rule.js";

checkRule("z-box", {}, ({ a, w, R, eps, low, high }, j) =>
  sumOver(w, (wk, k) => {
    const counted = (i: number) => {
      const wki = wk[i] as number;
      return (a[i] as number) * wki - low * Math.max(wki, 0) - high * Math.min(wki, 0);
    };
    return (counted(j) / (sumOver(wk, (_, i) => counted(i)) + eps)) * (R[k] as number);
  }),
);
