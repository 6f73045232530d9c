import { dropOf, increaseOf } from "../metrics/average-drop.js";
import { areaUnderCurve } from "../metrics/deletion-insertion.js";
import { instanceRecall } from "../metrics/instance-recall.js";
import { iou, locs, pointsInside } from "../metrics/localization.js";
import { energyInside, otherClassLeak } from "../metrics/positive-mass.js";
import type { MeasureName } from "../metrics/registry.js";
import { saco, salienceOf } from "../metrics/saco.js";
import { segmentationOf } from "../metrics/segmentation.js";
import type { ScoreCurves } from "./score-curves.js";

/** An object in a picture, at the resolution of the model's input. */
export interface ObjectInView {
  /** The model's classes that fit it; empty if the model has none for it. */
  readonly classes: readonly number[];
  /** [H, W], 1 on the object, 0 elsewhere; its box if no outline is known */
  readonly mask: Uint8Array;
  /** [H, W], 1 in the object's box, 0 elsewhere */
  readonly box: Uint8Array;
  /** Whether the mask is the object's outline, and no box: only outlines can be segmented. Default false. */
  readonly outlined?: boolean;
}

/** What the measures of a map are computed from, next to the map. */
export interface MapEvidence {
  /** The explained class; of a combination, the first. */
  readonly target: number;
  /** The class's probability, for the whole picture and for the part that the map shows; undefined if there is none. */
  readonly probability: { readonly whole: number; readonly masked: number } | undefined;
  /** What the model says of pictures that are hidden in parts, in the map's order; undefined if it was not asked. */
  readonly order: MapOrder | undefined;
  /** Undefined if nothing is known about objects. */
  readonly objects: readonly ObjectInView[] | undefined;
}

/** A map with the values below 0 that say what speaks against the class, and what becomes of the picture in its order. */
export interface MapOrder {
  /** [H, W] */
  readonly values: Float32Array;
  /** The rank of each pixel by these values, 0 for the largest: [H, W]. */
  readonly ranks: Float32Array;
  readonly curves: ScoreCurves;
}

/** The measures of one map; a measure that has no value for the picture is missing, or NaN. */
export type MapMeasures = { readonly [Name in MeasureName]?: number };

const DELTAS = [0, 0.25, 0.5];

/** Computes the measures of one map. @param map at the resolution of the model's input, on its own scale: [H, W] */
export function measuresOfMap(map: Float32Array, { target, probability, order, objects }: MapEvidence): MapMeasures {
  const drops = ({ whole, masked }: NonNullable<MapEvidence["probability"]>): MapMeasures => ({
    averageDrop: dropOf(whole, masked),
    increaseInConfidence: increaseOf(whole, masked),
  });
  return {
    ...(probability ? drops(probability) : {}),
    ...(order ? ofOrder(order) : {}),
    ...(objects ? onObjects(map, target, objects) : {}),
  };
}

function ofOrder({ values, ranks, curves: { deletion, insertion, effects, stays } }: MapOrder): MapMeasures {
  return {
    deletion: areaUnderCurve(deletion),
    insertion: areaUnderCurve(insertion),
    saco: saco(salienceOf(values, ranks, effects.length), effects),
    ...(stays
      ? {
          positivePerturbation: areaUnderCurve(stays.positive),
          negativePerturbation: areaUnderCurve(stays.negative),
        }
      : {}),
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
    ...(own.every(({ outlined }) => outlined) ? segmentationOf(map, object) : {}),
    instanceRecall: instanceRecall(map, instances),
    ...(others.length > 0 ? { otherClassLeak: otherClassLeak(map, object, unionOf(others)) } : {}),
  };
}

function unionOf(masks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(), ...rest] = masks;
  if (rest.length === 0) return first;
  return first.map((v, i) => (v === 1 || rest.some((mask) => mask[i] === 1) ? 1 : 0));
}
