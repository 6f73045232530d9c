import { camIsGradCam } from "./cam-is-grad-cam.js";
import type { Claim } from "./claim.js";
import { conservation } from "./conservation.js";
import { cost } from "./cost.js";
import { maskedPictures } from "./masked-pictures.js";
import { moreInstances } from "./more-instances.js";
import { noisySaliency } from "./noisy-saliency.js";
import { objectSize } from "./object-size.js";
import { otherClasses } from "./other-classes.js";
import { shallowStages } from "./shallow-stages.js";
import { shattering } from "./shattering.js";

/** What the literature says of explanations, in the order of their numbers. */
export const claims: readonly Claim[] = [
  noisySaliency,
  camIsGradCam,
  objectSize,
  moreInstances,
  otherClasses,
  maskedPictures,
  shattering,
  conservation,
  cost,
  shallowStages,
];
