import { dropOf, increaseOf } from "../metrics/average-drop.js";
import { areaUnderCurve } from "../metrics/deletion-insertion.js";
import { instanceRecall } from "../metrics/instance-recall.js";
import { iou, locs, pointsInside } from "../metrics/localization.js";
import { energyInside, otherClassLeak } from "../metrics/positive-mass.js";
import type { MeasureName } from "../metrics/registry.js";
import type { ScoreCurves } from "./score-curves.js";

/** An object in a picture, at the resolution of the model's input. */
export interface ObjectInView {
  /** The model's classes that fit it; empty if the model has none for it. */
  readonly classes: readonly number[];
  /** [H, W], 1 on the object, 0 elsewhere; its box if no outline is known */
  readonly mask: Uint8Array;
  /** [H, W], 1 in the object's box, 0 elsewhere */
  readonly box: Uint8Array;
}

/** What the measures of a map are computed from, next to the map. */
export interface MapEvidence {
  /** The explained class; of a combination, the first. */
  readonly target: number;
  /** The class's probability, for the whole picture and for the part that the map shows; undefined if there is none. */
  readonly probability: { readonly whole: number; readonly masked: number } | undefined;
  readonly curves: ScoreCurves | undefined;
  /** Undefined if nothing is known about objects. */
  readonly objects: readonly ObjectInView[] | undefined;
}

/** The measures of one map; a measure that has no value for the picture is missing, or NaN. */
export type MapMeasures = { readonly [Name in MeasureName]?: number };

const DELTAS = [0, 0.25, 0.5];

/** Computes the measures of one map. @param map at the resolution of the model's input, on its own scale: [H, W] */
export function measuresOfMap(map: Float32Array, { target, probability, curves, objects }: MapEvidence): MapMeasures {
  const drops = ({ whole, masked }: NonNullable<MapEvidence["probability"]>): MapMeasures => ({
    averageDrop: dropOf(whole, masked),
    increaseInConfidence: increaseOf(whole, masked),
  });
  return {
    ...(probability ? drops(probability) : {}),
    ...(curves ? { deletion: areaUnderCurve(curves.deletion), insertion: areaUnderCurve(curves.insertion) } : {}),
    ...(objects ? onObjects(map, target, objects) : {}),
  };
}

function onObjects(map: Float32Array, target: number, objects: readonly ObjectInView[]): MapMeasures {
  const isOwn = ({ classes }: ObjectInView) => classes.includes(target);
  const own = objects.filter(isOwn);
  const instances = own.map(({ mask }) => mask);
  const others = objects.filter((object) => !isOwn(object)).map(({ mask }) => mask);
  // without an object of the class there is nothing to find
  if (instances.length === 0) return {};
  const object = unionOf(instances);
  // eq. 26 is about boxes
  const [loc0, loc25, loc50] = locs(map, unionOf(own.map(({ box }) => box)), DELTAS) as [number, number, number];
  return {
    loc0,
    loc25,
    loc50,
    iou: iou(map, object),
    pointing: pointsInside(map, object) ? 1 : 0,
    energyPointing: energyInside(map, object),
    instanceRecall: instanceRecall(map, instances),
    ...(others.length > 0 ? { otherClassLeak: otherClassLeak(map, object, unionOf(others)) } : {}),
  };
}

function unionOf(masks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(), ...rest] = masks;
  if (rest.length === 0) return first;
  return first.map((v, i) => (v === 1 || rest.some((mask) => mask[i] === 1) ? 1 : 0));
}
