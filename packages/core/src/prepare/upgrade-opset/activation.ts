import { float } from "../../graph/attributes.js";
import { cast, mul, sigmoid } from "../../graph/math.js";
import { restate } from "../restate.js";
import { required, type Upgrade } from "./upgrade.js";

/** Swish, new in 24: x sigmoid(alpha x). */
export const swish: Upgrade = (site) => {
  const x = required(site, 0);
  const alpha = site.at.float("alpha", 1);
  return mul(x, sigmoid(alpha === 1 ? x : mul(x, alpha)));
};

/** Celu takes all float types since 28, and only float32 before. */
export const celu: Upgrade = (site) => {
  const { node, graph } = site;
  const x = required(site, 0);
  if (x.dtype === undefined || x.dtype === "float32") return undefined;
  const wide = cast(x, "float32");
  const [y] = restate(node, [wide], graph, {
    attributes: { alpha: float(site.at.float("alpha", 1)) },
    outputs: [wide],
  });
  return y && cast(y, x.dtype);
};
