import {
  type Classifier,
  type MapMeasures,
  type MapRequest,
  type MeasureName,
  nameOfMethod,
  type ObjectInView,
  type Runtime,
  type Size,
  type TensorValue,
} from "@limn/core";
import type { OpenedClassifier } from "@limn/node";
import type { Columns, Figure } from "./figure.js";

/** Something that the literature says about explanations, and how it is tested. */
export type Claim = ClaimText & (ClaimOnMaps | ClaimOnRuns);

interface ClaimText {
  /** 1 to 10 */
  readonly number: number;
  readonly statement: string;
  /** Where it is from, with the year. */
  readonly source: string;
  /** What is done and how it is judged, in words. */
  readonly experiment: string;
  /** Options of the scenes that it is tested on by default, as `scenes:` takes them. */
  readonly scenes: string;
}

/** A claim about maps of many pictures. */
export interface ClaimOnMaps {
  /** The maps that it is about. @throws LimnError `not-applicable` for models that it is not about */
  readonly maps: (classifier: Classifier) => readonly MapRequest[];
  /** Whether gradients are measured along the depth of the network. */
  readonly gradients?: boolean;
  /** Whether the class of another object in the picture is explained too. */
  readonly otherClass?: boolean;
  /** The values that are noted of a picture, by name; none if the claim is not about pictures like it. */
  readonly observe: (picture: ObservedPicture) => Readonly<Record<string, number>>;
  readonly figures: (columns: Columns) => readonly Figure[];
}

/** A claim about the results or costs of runs of the model. */
export interface ClaimOnRuns {
  readonly test: (bench: Bench) => Promise<readonly Figure[]>;
}

/** A picture, and its maps with their measures. */
export interface ObservedPicture {
  /** Of the model's input, in pixels. */
  readonly size: Size;
  /** Objects of the explained class, and those of others; undefined if the data knows none. */
  readonly own: readonly ObjectInView[] | undefined;
  /** By request: see `nameOf`. */
  readonly maps: ReadonlyMap<string, ObservedMap>;
  /** The maps of another class in the picture; undefined if there is no other class, or it wasn't asked for. */
  readonly otherMaps: ReadonlyMap<string, ObservedMap> | undefined;
  readonly gradients: readonly GradientPlace[];
}

export interface ObservedMap {
  /** The map on the model's input, [H, W]; only the positive part of signed maps. */
  readonly placed: Float32Array;
  readonly measures: MapMeasures;
  /** How deep the map's layer lies: the share of weighted layers up to it; undefined for maps of the image. */
  readonly depth: number | undefined;
}

/** A place in the network at which the gradient is measured, and how alike neighboring positions are there. */
export interface GradientPlace {
  /** The share of weighted layers between it and the score: 1 at the image. */
  readonly remaining: number;
  /** -1 to 1 */
  readonly correlation: number;
}

/** A model and pictures for it, one at a time. */
export interface Bench {
  readonly opened: OpenedClassifier;
  readonly runtime: Runtime;
  /** The model's input for the first pictures of the data that can be used, `count` at most. */
  readonly pictures: (count: number) => AsyncIterable<TensorValue>;
  /** Called before each step, with how much is done of how much. @throws the signal's reason if the work is to end */
  readonly step: (done: number, total: number) => void;
}

/** The name of a request's map. */
export const nameOf = ({ method, layer }: MapRequest): string =>
  layer === undefined ? nameOfMethod(method) : `${nameOfMethod(method)}/${layer}`;

/** A measure of a picture's map, NaN if it has none. */
export function measured(picture: ObservedPicture, map: string, measure: MeasureName): number {
  return picture.maps.get(map)?.measures[measure] ?? Number.NaN;
}
