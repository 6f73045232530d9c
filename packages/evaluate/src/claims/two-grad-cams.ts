import type { MapRequest, MeasureName } from "@limn/core";
import { measured, type ObservedPicture } from "./claim.js";

// Half of the claims compare Grad-CAM++ with Grad-CAM.

export const GRAD_CAM = "grad-cam";
export const PLUS_PLUS = "grad-cam-plus-plus";

/** Both at the last layer. */
export const bothMaps = (): readonly MapRequest[] => [{ method: GRAD_CAM }, { method: PLUS_PLUS }];

/** A measure of both methods, in columns that have their names. */
export const measuredOfBoth = (picture: ObservedPicture, measure: MeasureName): Record<string, number> => ({
  [GRAD_CAM]: measured(picture, GRAD_CAM, measure),
  [PLUS_PLUS]: measured(picture, PLUS_PLUS, measure),
});
