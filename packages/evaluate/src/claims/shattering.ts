import type { Claim, GradientPlace, ObservedPicture } from "./claim.js";
import { type Columns, type Figure, meanFigure } from "./figure.js";

/** Above it, the gradient is the same at all positions, except for rounding. */
const CONSTANT = 0.999;

export const shattering: Claim = {
  number: 7,
  statement: "Gradients shatter with depth.",
  source: "Balduzzi et al. 2017",
  experiment:
    "The correlation of neighboring positions' gradients of the score, at the image and at every stage: on each picture, the slope of a straight line through them over the share of weighted layers between the place and the score. Places where the gradient is the same everywhere, as global average pooling makes it, are left out. Strides and pooling shape the correlation of neighbors too, so networks of other forms are not on one scale.",
  scenes: "",
  maps: () => [],
  gradients: true,
  observe,
  figures,
};

function observe({ gradients }: ObservedPicture): Record<string, number> {
  const places = gradients.filter(({ correlation }) => correlation < CONSTANT);
  const byDepth = [...places].sort((a, b) => a.remaining - b.remaining);
  const [last, image] = [byDepth[0], byDepth.at(-1)];
  return { slope: slopeOf(places), last: last?.correlation ?? Number.NaN, image: image?.correlation ?? Number.NaN };
}

/**
 * Least squares, with x the share of layers to the score and y the correlation.
 *
 *   slope = sum (x - mean x) (y - mean y) / sum (x - mean x)^2
 *
 * @returns NaN for fewer than two places
 */
function slopeOf(places: readonly GradientPlace[]): number {
  const mean = (of: (place: GradientPlace) => number) =>
    places.reduce((sum, place) => sum + of(place), 0) / places.length;
  const [x, y] = [mean(({ remaining }) => remaining), mean(({ correlation }) => correlation)];
  let [xy, xx] = [0, 0];
  for (const { remaining, correlation } of places) {
    xy += (remaining - x) * (correlation - y);
    xx += (remaining - x) ** 2;
  }
  return xy / xx;
}

function figures(columns: Columns): Figure[] {
  return [
    meanFigure(columns, "slope", {
      what: "change of the correlation from the logits to the image",
      claimed: { side: "below", bound: 0 },
    }),
    meanFigure(columns, "last", { what: "correlation at the place nearest to the logits" }),
    meanFigure(columns, "image", { what: "correlation at the image" }),
  ];
}
