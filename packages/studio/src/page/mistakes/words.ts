import type { Evaluation } from "../../engine/engine.js";
import type { Group, Outcome } from "./confusion.js";

/** A class of an evaluation as people read it. */
export const className = ({ labels }: Pick<Evaluation, "labels">, target: number): string =>
  labels[target]?.replaceAll("_", " ") ?? `class ${target}`;

/** What an outcome is called in full. */
export const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  TP: "true positives",
  FP: "false positives",
  FN: "false negatives",
  TN: "true negatives",
};

/** A group in words: "cat taken for dog". */
export function groupName(evaluation: Pick<Evaluation, "labels">, group: Group): string {
  if (group.kind === "mistakes") return "All mistakes";
  if (group.kind === "cell") {
    const [truth, predicted] = [group.truth, group.predicted].map((target) => className(evaluation, target));
    return group.truth === group.predicted ? `${truth}, recognized` : `${truth} taken for ${predicted}`;
  }
  const name = className(evaluation, group.target);
  const words: Record<Outcome, string> = {
    TP: `${name}, recognized`,
    FP: `Taken for ${name}`,
    FN: `${name}, not recognized`,
    TN: `Neither ${name} nor taken for it`,
  };
  return words[group.outcome];
}
