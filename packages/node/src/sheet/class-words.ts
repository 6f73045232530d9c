import type { LabeledClass, PictureExplanation } from "../picture-explainer.js";

/** A class as people read it. */
export const nameOfClass = ({ index, label }: LabeledClass): string => label?.replaceAll("_", " ") ?? `class ${index}`;

const named = (target: LabeledClass): string =>
  target.value !== undefined
    ? `${nameOfClass(target)} = ${target.value.toPrecision(4)}`
    : `${nameOfClass(target)} (${percent(target.probability)})`;

/** Which class is explained, how probable it is, and whether it is the predicted one. */
export function headingOf({ target, prediction }: PictureExplanation): string {
  const facts = [
    ...(target.label === undefined || target.combination ? [] : [`class ${target.index}`]),
    target.value !== undefined
      ? `value ${target.value.toPrecision(4)}`
      : `${target.combination ? `probability of class ${target.index}` : "probability"} ${percent(target.probability)}`,
    ...(prediction[0]?.index === target.index && !target.combination ? ["predicted"] : []),
  ];
  return `Why ${nameOfClass(target)}?  ${facts.join(", ")}`;
}

/** The model, and the classes that it takes the picture for. */
export const predictionLine = (location: string, prediction: readonly LabeledClass[]): string =>
  `${location}  ·  predicted ${prediction.slice(0, 3).map(named).join(", then ")}`;

const percent = (p: number): string => (p > 0 && p < 0.001 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);
