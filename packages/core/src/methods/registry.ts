import { attentionsOf } from "../attention.js";
import type { Classifier } from "../classifier.js";
import { LimnError } from "../error.js";
import { didYouMean } from "../suggest.js";
import { attentionGradCam } from "./attention-grad-cam.js";
import { cam } from "./cam.js";
import { deconvnet } from "./deconvnet.js";
import { eigenCam } from "./eigen-cam.js";
import { genericAttention } from "./generic-attention.js";
import { gradCam } from "./grad-cam.js";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.js";
import { guidedBackprop } from "./guided-backprop.js";
import { hiresCam } from "./hires-cam.js";
import { integratedGradients } from "./integrated-gradients.js";
import { layerCam } from "./layer-cam.js";
import { legrad } from "./legrad.js";
import { lrp } from "./lrp.js";
import { isIterated, type Method, type Options } from "./method.js";
import { occlusion } from "./occlusion.js";
import { relevanceCam } from "./relevance-cam.js";
import { rise } from "./rise.js";
import { rollout } from "./rollout.js";
import { saliency } from "./saliency.js";
import { scoreCam } from "./score-cam.js";
import { smoothGrad } from "./smooth-grad.js";
import { transformerAttribution } from "./transformer-attribution.js";
import { xGradCam } from "./x-grad-cam.js";

/**
 * Every method by its name, family by family; sheets and tables keep this order. The choice `all` stands for those of one
 * run, in the same order.
 */
export const methods = {
  saliency,
  "guided-backprop": guidedBackprop,
  deconvnet,
  "smooth-grad": smoothGrad,
  "integrated-gradients": integratedGradients,
  cam,
  "grad-cam": gradCam,
  "grad-cam-plus-plus": gradCamPlusPlus,
  "x-grad-cam": xGradCam,
  "hires-cam": hiresCam,
  "layer-cam": layerCam,
  "eigen-cam": eigenCam,
  "score-cam": scoreCam,
  lrp,
  "relevance-cam": relevanceCam,
  rollout,
  "generic-attention": genericAttention,
  "transformer-attribution": transformerAttribution,
  "attention-grad-cam": attentionGradCam,
  legrad,
  rise,
  occlusion,
} satisfies Record<string, Method>;

/** The name of one of Limn's methods. */
export type MethodName = keyof typeof methods;

/** The families of methods, in order. */
export const families: readonly string[] = [...new Set(Object.values(methods).map(({ family }) => family))];

/** The methods whose maps need a single run, in which all of them can be made together. */
export const singleRunMethods: readonly MethodName[] = (Object.keys(methods) as MethodName[]).filter(
  (name) => !isIterated(methods[name]),
);

/** The methods that are made if none are named: few, each for a question of its own. */
export const defaultMethods: readonly MethodName[] = singleRunMethods.filter((name) => methods[name].byDefault);

/** Those that "all" stands for: methods of attention only where a network has it. */
export const usualMethods = (classifier: Pick<Classifier, "image" | "logits">): readonly MethodName[] =>
  attentionsOf(classifier).length > 0 ? singleRunMethods : singleRunMethods.filter((name) => !isOfAttention(name));

const isOfAttention = (name: MethodName): boolean => methods[name].family === "attention";

/** What `findMethod` found. */
export interface FoundMethod {
  readonly method: Method;
  /** The name that it was found by: its own or that of a variant. */
  readonly name: string;
  /** The options that a variant stands for. */
  readonly preset: Options;
}

/**
 * Finds a method by its name or the name of a variant, with the options that the variant stands for. Takes a method of
 * your own, made by `defineMethod` or `defineIteratedMethod`, too.
 * @throws LimnError `bad-option` with near matches
 */
export function findMethod(choice: string | Method): FoundMethod {
  if (typeof choice !== "string") return { method: checkedMethod(choice), name: choice.name, preset: {} };
  const all: readonly Method[] = Object.values(methods);
  for (const method of all) {
    if (method.name === choice) return { method, name: choice, preset: {} };
    const preset = method.variants?.[choice];
    if (preset) return { method, name: choice, preset };
  }
  const known = all.flatMap((m) => [m.name, ...Object.keys(m.variants ?? {})]);
  throw new LimnError("bad-option", `there is no method "${choice}"; ${didYouMean(choice, known)}`);
}

/** Whether a method is defined by the user. */
export const isOwnMethod = (method: Method): boolean => !(Object.values(methods) as Method[]).includes(method);

/** The name of a method that is given by name or as an object. */
export const nameOfMethod = (choice: string | Method): string => (typeof choice === "string" ? choice : choice.name);

function checkedMethod(choice: Method): Method {
  if (typeof choice?.toJSON === "function" && ("map" in choice || "step" in choice)) return choice;
  throw new LimnError(
    "bad-option",
    `method ${JSON.stringify(choice)}: give a method's name, or what defineMethod or defineIteratedMethod gives`,
  );
}
