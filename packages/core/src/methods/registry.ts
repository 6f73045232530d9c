import { LimnError } from "../error.js";
import { didYouMean } from "../suggest.js";
import { cam } from "./cam.js";
import { deconvnet } from "./deconvnet.js";
import { eigenCam } from "./eigen-cam.js";
import { gradCam } from "./grad-cam.js";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.js";
import { guidedBackprop } from "./guided-backprop.js";
import { hiresCam } from "./hires-cam.js";
import { integratedGradients } from "./integrated-gradients.js";
import { layerCam } from "./layer-cam.js";
import { lrp } from "./lrp.js";
import { isIterated, type Method, type Options } from "./method.js";
import { occlusion } from "./occlusion.js";
import { relevanceCam } from "./relevance-cam.js";
import { rise } from "./rise.js";
import { saliency } from "./saliency.js";
import { scoreCam } from "./score-cam.js";
import { smoothGrad } from "./smooth-grad.js";
import { xGradCam } from "./x-grad-cam.js";

/** Every method, in the order in which sheets and tables show them. */
export const methods = {
  saliency,
  "guided-backprop": guidedBackprop,
  deconvnet,
  cam,
  "grad-cam": gradCam,
  "grad-cam-plus-plus": gradCamPlusPlus,
  "x-grad-cam": xGradCam,
  "hires-cam": hiresCam,
  "layer-cam": layerCam,
  "eigen-cam": eigenCam,
  lrp,
  "relevance-cam": relevanceCam,
  "smooth-grad": smoothGrad,
  "integrated-gradients": integratedGradients,
  "score-cam": scoreCam,
  rise,
  occlusion,
} satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

/** The methods whose maps take one run of the model, all of them together. */
export const singleRunMethods: readonly MethodName[] = (Object.keys(methods) as MethodName[]).filter(
  (name) => !isIterated(methods[name]),
);

/**
 * Finds a method by its name or the name of a variant, with the options that the variant stands for.
 * @throws LimnError `bad-option` with near matches
 */
export function findMethod(name: string): { method: Method; preset: Options } {
  const all: readonly Method[] = Object.values(methods);
  for (const method of all) {
    if (method.name === name) return { method, preset: {} };
    const variant = method.variants?.[name];
    if (variant) return { method, preset: variant };
  }
  const known = all.flatMap((m) => [m.name, ...Object.keys(m.variants ?? {})]);
  throw new LimnError("bad-option", `there is no method "${name}"; ${didYouMean(name, known)}`);
}
