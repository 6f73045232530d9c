import { LimnError } from "../error.js";
import { didYouMean } from "../suggest.js";
import { cam } from "./cam.js";
import { gradCam } from "./grad-cam.js";
import { guidedBackprop } from "./guided-backprop.js";
import { lrp } from "./lrp.js";
import type { Method, Options } from "./method.js";
import { relevanceCam } from "./relevance-cam.js";
import { saliency } from "./saliency.js";

/** Every method, in the order in which sheets and tables show them. */
export const methods = {
  saliency,
  "guided-backprop": guidedBackprop,
  cam,
  "grad-cam": gradCam,
  lrp,
  "relevance-cam": relevanceCam,
} satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;

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
