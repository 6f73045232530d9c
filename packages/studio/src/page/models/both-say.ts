import type { Classification } from "../../engine/engine.js";
import type { StudioModel } from "../store/model.js";
import { labelOf } from "../store/question.js";
import { sameClass } from "./same-class.js";

/** A class as two models name it, and how sure each is of it, 0 to 1; undefined for a model that does not know it. */
export interface SaidByBoth {
  readonly name: string;
  readonly a: { readonly target: number; readonly probability: number } | undefined;
  readonly b: { readonly target: number; readonly probability: number } | undefined;
}

type Said = readonly [model: StudioModel, said: Classification];

/** The classes that one of two models finds most likely, those first that are likeliest. @param most of each model */
export function bothSay(a: Said, b: Said, most: number): readonly SaidByBoth[] {
  const at = ([, { probabilities }]: Said, target: number | undefined) =>
    target === undefined ? undefined : { target, probability: probabilities[target] as number };
  const top = ([, { ranked }]: Said) => ranked.slice(0, most);
  const ofA = top(a).map((target): SaidByBoth => {
    const name = labelOf(a[0], target);
    return { name, a: at(a, target), b: at(b, sameClass(name, b[0].labels)) };
  });
  const known = new Set(ofA.map((row) => row.b?.target));
  const ofB = top(b).flatMap((target): SaidByBoth[] => {
    const name = labelOf(b[0], target);
    return known.has(target) ? [] : [{ name, a: at(a, sameClass(name, a[0].labels)), b: at(b, target) }];
  });
  const likeliest = (row: SaidByBoth) => Math.max(row.a?.probability ?? 0, row.b?.probability ?? 0);
  return [...ofA, ...ofB].sort((p, q) => likeliest(q) - likeliest(p));
}
