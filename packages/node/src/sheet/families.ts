import type { MethodName } from "@limn/core";

/** What a method asks the network, as people group methods. */
export type Family = "gradients" | "class activation maps" | "relevance" | "hiding parts";

const FAMILIES: Readonly<Record<MethodName, Family>> = {
  saliency: "gradients",
  "guided-backprop": "gradients",
  deconvnet: "gradients",
  "smooth-grad": "gradients",
  "integrated-gradients": "gradients",
  cam: "class activation maps",
  "grad-cam": "class activation maps",
  "grad-cam-plus-plus": "class activation maps",
  "x-grad-cam": "class activation maps",
  "hires-cam": "class activation maps",
  "layer-cam": "class activation maps",
  "score-cam": "class activation maps",
  "eigen-cam": "class activation maps",
  lrp: "relevance",
  "relevance-cam": "relevance",
  rise: "hiding parts",
  occlusion: "hiding parts",
};

const ORDER: readonly string[] = [...new Set(Object.values(FAMILIES))];

/** @param method a method's own name, not a variant's */
export const familyOf = (method: string): Family => FAMILIES[method as MethodName];

/** The places of maps on a sheet, as indices: families together, in each the order that was asked for. */
export const byFamily = (families: readonly string[]): number[] =>
  [...families.keys()].sort(
    (a, b) => ORDER.indexOf(families[a] as string) - ORDER.indexOf(families[b] as string) || a - b,
  );
