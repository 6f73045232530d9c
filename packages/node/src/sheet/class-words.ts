import type { LabeledClass, PictureExplanation } from "../picture-explainer.js";

/** A class as people read it. */
export const nameOfClass = ({ index, label }: LabeledClass): string => label?.replaceAll("_", " ") ?? `class ${index}`;

/** How sure the model is of a class: its probability or, of a regression, the value. */
export const certaintyOf = ({ value, probability }: LabeledClass): string =>
  value !== undefined ? value.toPrecision(4) : percent(probability);

/** The class and its probability. Of a combination, the probability is that of one of its classes, which is named. */
export const namedClass = (target: LabeledClass): string =>
  target.combination
    ? `${nameOfClass(target)} (probability of class ${target.index}: ${percent(target.probability)})`
    : `${nameOfClass(target)}, ${certaintyOf(target)}`;

/** Which class is explained, how probable it is, and whether it is the predicted one. */
export function headingOf({ target, prediction }: PictureExplanation): string {
  const facts = [
    ...(target.label === undefined || target.combination ? [] : [`class ${target.index}`]),
    target.value !== undefined
      ? `value ${certaintyOf(target)}`
      : `${target.combination ? `probability of class ${target.index}:` : "probability"} ${percent(target.probability)}`,
    ...(prediction[0]?.index === target.index && !target.combination ? ["predicted"] : []),
  ];
  return `Why ${nameOfClass(target)}?  ${facts.join(", ")}`;
}

/** The model, and the classes that it takes the picture for. */
export const predictionLine = (location: string, prediction: readonly LabeledClass[]): string =>
  `${location}  ·  predicted ${prediction
    .slice(0, 3)
    .map((one) => `${nameOfClass(one)} (${certaintyOf(one)})`)
    .join(", then ")}`;

const percent = (p: number): string => (p > 0 && p < 0.001 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);
