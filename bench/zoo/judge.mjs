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

/** The verdicts that say that a gradient is right. */
export const RIGHT_VERDICTS = ["agrees", "steps agree", "kink"];

/**
 * Whether a gradient is right.
 *
 * It is where it agrees with the reference. If not, or without a reference, central differences of the score on the original
 * file decide: along the difference of the two, where their slopes differ most, and along the gradient itself. At a kink, each
 * of the two is the slope on one side, and both are right.
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
  const slopes = await slopesAlong(apart, image, score);
  const along = (g) => dot(g, apart) / norm(apart);
  if (reference && bendsBetween(along(gradient), along(reference), slopes)) return { ...said, verdict: "kink" };
  const slope = settled(slopes);
  if (slope === undefined) return { ...said, verdict: "no step settles it" };
  // 1 where small steps go with Limn, 0 where they go with the reference, or find no slope
  const share = (slope - (reference ? along(reference) : 0)) / (along(gradient) - (reference ? along(reference) : 0));
  const verdict =
    Math.abs(share - 1) <= RIGHT ? "steps agree" : Math.abs(share) <= RIGHT ? "steps disagree" : "between";
  return { ...said, verdict, share: rounded(share) };
}

/** The slopes of the score along a direction, by steps to both sides and to either, largest step first. */
async function slopesAlong(direction, image, score) {
  const length = norm(direction);
  const size = norm(image.data);
  const here = await score(image.data);
  const slopes = [];
  for (const step of STEPS) {
    const h = step * size;
    const at = (sign) => Float32Array.from(image.data, (v, i) => v + (sign * h * direction[i]) / length);
    const [above, below] = [at(1), at(-1)];
    // what float32 has made of the step
    const taken = (to) => to.reduce((sum, v, i) => sum + ((v - image.data[i]) * direction[i]) / length, 0);
    const [up, down] = [await score(above), await score(below)];
    slopes.push({
      both: (up - down) / (taken(above) - taken(below)),
      right: (up - here) / taken(above),
      left: (down - here) / taken(below),
    });
  }
  return slopes;
}

/** The slope by steps to both sides; undefined if no two neighboring ones tell of the same. */
function settled(slopes) {
  let best;
  for (const [i, { both: slope }] of slopes.entries()) {
    const change = i === 0 ? Number.POSITIVE_INFINITY : Math.abs(slope - slopes[i - 1].both) / Math.abs(slope);
    if (change <= CONVERGED && (best === undefined || change <= best.change)) best = { slope, change };
  }
  return best?.slope;
}

/** Whether the score bends at this very image, as ReLU does at 0, so that two gradients are the slopes on its two sides. */
function bendsBetween(one, other, slopes) {
  const isNear = (slope, to) => Math.abs(slope - to) <= RIGHT * Math.abs(one - other);
  const between = slopes.map(
    ({ right, left }) => (isNear(right, one) && isNear(left, other)) || (isNear(right, other) && isNear(left, one)),
  );
  return between.some((bends, i) => bends && between[i + 1]);
}
