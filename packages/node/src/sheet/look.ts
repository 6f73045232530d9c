import { COLOR_MAPS, type ColorMapName, didYouMean, LimnError } from "@limn/core";

/**
 * What the strongest color of a map stands for: `own` for the map's own values, without the few extreme ones; `full` for
 * its largest; `shared` for those of all classes of a picture together, so that their maps can be compared; or a number.
 */
export type Scale = (typeof SCALES)[number] | number;

/** The scales that have names. */
export const SCALES = ["own", "full", "shared"] as const;

/** How maps are shown. Nothing of it changes their numbers. */
export interface Look {
  /** A color map's name. Default: `ember` over photos for maps of one sign, `aurora` for signed ones, `polar` on paper. */
  readonly colormap?: string;
  /** The opacity of a map's largest values over the photo, 0 to 1. Default 0.85. */
  readonly opacity?: number;
  /**
   * The standard deviation of a Gaussian that smooths maps, as a share of the map's longer side, 0 to 1; 0 for none. Default:
   * what each method's definition says, which is 0 except for gradients.
   */
  readonly smooth?: number;
  /** What the strongest color stands for. Default `own`. */
  readonly scale?: Scale;
}

/**
 * Sees that a look can be drawn.
 * @throws LimnError `bad-option` with the option, the value and what fits instead
 */
export function checkLook({ colormap, opacity, smooth, scale }: Look): void {
  if (colormap !== undefined && !COLOR_MAPS.includes(colormap as ColorMapName)) {
    throw new LimnError("bad-option", `there is no color map "${colormap}"; ${didYouMean(colormap, COLOR_MAPS)}`);
  }
  if (opacity !== undefined && !(opacity >= 0 && opacity <= 1)) {
    throw new LimnError("bad-option", `opacity ${opacity}: give a number from 0, the photo alone, to 1`);
  }
  if (smooth !== undefined && !(smooth >= 0 && smooth <= 1)) {
    throw new LimnError(
      "bad-option",
      `smooth ${smooth}: give a standard deviation as a share of the longer side, such as 0.01, or 0 for none`,
    );
  }
  if (typeof scale === "number" ? !(scale > 0 && Number.isFinite(scale)) : scale && !SCALES.includes(scale)) {
    throw new LimnError(
      "bad-option",
      `scale ${scale}: give ${SCALES.join(", ")}, or a number above 0, which the strongest color then stands for`,
    );
  }
}
