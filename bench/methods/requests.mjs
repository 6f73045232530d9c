// What is measured, by the names of the tables.

/** Weighting a layer by its gradient; the others of the family need a decomposition, or relevance. */
const CAM_FAMILY = ["grad-cam", "grad-cam-plus-plus", "x-grad-cam", "hires-cam", "layer-cam"];

/** Methods of one run. @param stages the layers that stand for the network's resolutions */
export function requestsAt(stages) {
  const everywhere = (...methods) => methods.flatMap((method) => stages.map((layer) => ({ method, layer })));
  return {
    saliency: [{ method: "saliency" }],
    "lrp/epsilon": [{ method: "lrp", options: { composite: "epsilon" } }],
    "lrp/z-plus": [{ method: "lrp", options: { composite: "z-plus" } }],
    "lrp/epsilon-plus": [{ method: "lrp", options: { composite: "epsilon-plus" } }],
    "relevance-cam": [{ method: "relevance-cam" }],
    "relevance-cam/stages": everywhere("relevance-cam"),
    "cam-family/stages": everywhere(...CAM_FAMILY),
    "eigen-cam": [{ method: "eigen-cam" }],
    "eigen-cam/stages": everywhere("eigen-cam"),
  };
}

/** Methods of many runs. */
export const MANY_RUNS = {
  "score-cam": { method: "score-cam" },
  rise: { method: "rise" },
  occlusion: { method: "occlusion" },
  "integrated-gradients": { method: "integrated-gradients" },
};

/** Those that start from attention's weights and their gradients. */
const OF_ATTENTION = ["rollout", "generic-attention", "legrad", "attention-grad-cam"];

/** Methods of one run on transformers; layers are the default one. */
export const TRANSFORMER_REQUESTS = {
  saliency: [{ method: "saliency" }],
  "attn-lrp": [{ method: "attn-lrp" }],
  // as gradients times inputs do, and so as LXT does
  "attn-lrp/share": [{ method: "attn-lrp", options: { bias: "share", stabilizer: "absolute" } }],
  ...Object.fromEntries(OF_ATTENTION.map((method) => [method, [{ method }]])),
  together: OF_ATTENTION.map((method) => ({ method })),
  "transformer-attribution": [{ method: "transformer-attribution" }],
  "grad-cam": [{ method: "grad-cam" }],
  "cam-family": CAM_FAMILY.map((method) => ({ method })),
};
