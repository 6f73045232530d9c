import type { ClassName } from "./classes.js";
import type { FamilyName } from "./families.js";

/** A picture whose every pixel is known. */
export interface Scene {
  /** Its number in the series of its seed, from 0. */
  readonly index: number;
  /** Width and height in pixels. */
  readonly size: number;
  /** Red, green and blue, row by row: [size, size, 3]. */
  readonly pixels: Uint8Array;
  /** The class of the objects that the scene is about. */
  readonly label: ClassName;
  /** The objects; those of the labeled class come first. */
  readonly objects: readonly SceneObject[];
  /** The owner of every pixel, [size, size]: 0 for no object, k + 1 for object k. */
  readonly owners: Uint8Array;
}

/** An object of a scene. */
export interface SceneObject {
  readonly class: ClassName;
  readonly family: FamilyName;
  /** The drawing's name in its family. */
  readonly drawing: string;
  /** The smallest box around its own pixels. */
  readonly box: Box;
  /** How many pixels are its own. */
  readonly area: number;
  /** The share of it that is seen, from 0.5 to 1: the rest is hidden by other things or lies outside the picture. */
  readonly visible: number;
}

/** A rectangle, in pixels from the upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of one object: [size, size], 1 where they are its own. @param object its index in the scene's `objects` */
export const maskOf = ({ owners }: Pick<Scene, "owners">, object: number): Uint8Array =>
  owners.map((owner) => (owner === object + 1 ? 1 : 0));
