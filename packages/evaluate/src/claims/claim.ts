import {
  type Classifier,
  type MapMeasures,
  type MapRequest,
  type MeasureName,
  nameOfMethod,
  type ObjectInView,
  type Runtime,
  type TensorValue,
} from "@limn/core";
import type { OpenedClassifier } from "@limn/node";
import type { Columns, Figure } from "./figure.js";

/** What the literature says of explanations, and how it is tested. */
export type Claim = ClaimText & (ClaimOnMaps | ClaimOnRuns);

interface ClaimText {
  /** 1 to 10 */
  readonly number: number;
  readonly statement: string;
  /** Where it is from, with the year. */
  readonly source: string;
  /** What is done and how it is judged, in words. */
  readonly experiment: string;
  /** Options of the scenes that it is tested on by default. */
  readonly scenes: string;
}

/** A claim about maps of many pictures. */
export interface ClaimOnMaps {
  /** @throws LimnError `not-applicable` for models that it says nothing of */
  readonly maps: (classifier: Classifier) => readonly MapRequest[];
  /** Whether gradients are looked at along the depth of the network. */
  readonly gradients?: boolean;
  /** Whether the class of another object in the picture is explained too. */
  readonly otherClass?: boolean;
  /** What is noted of a picture, by name; nothing where the picture is not one that the claim is about. */
  readonly observe: (picture: ObservedPicture) => Readonly<Record<string, number>>;
  readonly figures: (columns: Columns) => readonly Figure[];
}

/** A claim about what runs of the model give or cost. */
export interface ClaimOnRuns {
  readonly test: (bench: Bench) => Promise<readonly Figure[]>;
}

/** A picture, and what maps make of it. */
export interface ObservedPicture {
  /** Height and width of the model's input. */
  readonly size: readonly [height: number, width: number];
  /** Objects of the explained class, and those of others; undefined where the data knows none. */
  readonly own: readonly ObjectInView[] | undefined;
  /** By request: see `nameOf`. */
  readonly maps: ReadonlyMap<string, ObservedMap>;
  /** The same where another class in the picture is explained; undefined where there is none, or it wasn't asked for. */
  readonly otherMaps: ReadonlyMap<string, ObservedMap> | undefined;
  readonly gradients: readonly GradientPlace[];
}

export interface ObservedMap {
  /** [H, W] of the model's input; of signed maps the positive part. */
  readonly placed: Float32Array;
  readonly measures: MapMeasures;
  /** How deep the map's layer lies: the share of weighted layers up to it; undefined for maps of the image. */
  readonly depth: number | undefined;
}

/** Where a gradient is looked at, and how alike neighbors are there. */
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
  /** The model's input for the first pictures of the data that can be used, that many at most. */
  readonly pictures: (count: number) => AsyncIterable<TensorValue>;
  /** Told before each step how much is done of how much. @throws the signal's reason once the work is to end */
  readonly step: (done: number, total: number) => void;
}

/** What a request's map is called. */
export const nameOf = ({ method, layer }: MapRequest): string =>
  layer === undefined ? nameOfMethod(method) : `${nameOfMethod(method)}/${layer}`;

/** A measure of a picture's map, NaN where it has none. */
export function measured(picture: ObservedPicture, map: string, measure: MeasureName): number {
  return picture.maps.get(map)?.measures[measure] ?? Number.NaN;
}
