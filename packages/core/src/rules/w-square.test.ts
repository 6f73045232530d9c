import { checkRule, sumOver } from "../testing/check-rule.js";

checkRule("w-square", {}, ({ w, R, eps }, j) =>
  sumOver(w, (wk, k) => ((wk[j] as number) ** 2 / (sumOver(wk, (wki) => wki ** 2) + eps)) * (R[k] as number)),
);
