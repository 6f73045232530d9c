import { rounded } from "../numbers.mjs";

const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const norm = (a) => Math.sqrt(dot(a, a));

/** |a - b| / |b| of two lists of numbers. */
export const distance = (a, b) => norm(Float64Array.from(a, (v, i) => v - b[i])) / norm(b);

/** Gradients that differ by less agree; or by no more than some times what float32 alone does to the reference. */
const [AGREES, ROUNDINGS] = [0.01, 3];

/** Steps along a direction, as shares of the image's length, largest first. */
const STEPS = Array.from({ length: 12 }, (_, i) => 0.1 * 4 ** -i);

/** Shares of the predicted slope to which neighboring steps, and the slope, have to agree. */
const [CONVERGED, RIGHT] = [0.05, 0.1];

/**
 * Whether a gradient is right.
 *
 * It is where it agrees with the reference. If not, or without a reference, central differences of the score on the original
 * file decide: along the difference of the two, where their slopes differ most, and along the gradient itself.
 * @param gradient Limn's, float32
 * @param reference the gradient by the framework that made the file, if it is known
 * @param rounding how far float32 takes the reference from float64's, as a share
 * @param score gives the score of an image, by the original file; undefined where it can't be told finely enough
 */
export async function judge({ gradient, reference, rounding, image, score }) {
  const difference = reference ? distance(gradient, reference) : undefined;
  const said = reference
    ? { difference: rounded(difference), ...(rounding ? { rounding: rounded(rounding) } : {}) }
    : {};
  if (!gradient.every(Number.isFinite)) return { ...said, verdict: "not finite" };
  if (difference <= Math.max(AGREES, ROUNDINGS * (rounding ?? 0))) return { ...said, verdict: "agrees" };
  if (norm(gradient) === 0 && (!reference || norm(reference) === 0)) return { ...said, verdict: "agrees" };
  if (!score) return { ...said, verdict: reference ? "not decided" : "no reference" };
  const apart = reference ? Float64Array.from(gradient, (v, i) => v - reference[i]) : gradient;
  const slope = await slopeAlong(apart, image, score);
  if (slope === undefined) return { ...said, verdict: "no step settles it" };
  const along = (g) => dot(g, apart) / norm(apart);
  // 1 where small steps go with Limn, 0 where they go with the reference, or find no slope
  const share = (slope - (reference ? along(reference) : 0)) / (along(gradient) - (reference ? along(reference) : 0));
  const verdict =
    Math.abs(share - 1) <= RIGHT ? "steps agree" : Math.abs(share) <= RIGHT ? "steps disagree" : "between";
  return { ...said, verdict, share: rounded(share) };
}

/** The slope of the score along a direction; undefined if no two neighboring steps tell of the same. */
async function slopeAlong(direction, image, score) {
  const length = norm(direction);
  const size = norm(image.data);
  let before;
  let best;
  for (const step of STEPS) {
    const h = step * size;
    const at = (sign) => Float32Array.from(image.data, (v, i) => v + (sign * h * direction[i]) / length);
    const [above, below] = [at(1), at(-1)];
    // what float32 has made of the step
    const taken = above.reduce((sum, v, i) => sum + ((v - below[i]) * direction[i]) / length, 0);
    const slope = ((await score(above)) - (await score(below))) / taken;
    const change = before === undefined ? Number.POSITIVE_INFINITY : Math.abs(slope - before) / Math.abs(slope);
    if (change <= CONVERGED && (best === undefined || change <= best.change)) best = { slope, change };
    before = slope;
  }
  return best?.slope;
}
