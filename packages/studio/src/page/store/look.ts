import type { ColorMapName } from "@limn/core";
import type { Region } from "../maps/region.js";
import type { Slice } from "./state.js";

/** A place on the photo, in its pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How maps are looked at; nothing of it changes their numbers. */
export interface LookSlice {
  /** Of a map's largest values over the photo, 0 to 1. */
  readonly opacity: number;
  /** The share of a map's largest value below which nothing is shown, 0 to 1. */
  readonly threshold: number;
  /** Undefined for the usual colors of each map. */
  readonly colors: ColorMapName | undefined;
  /** Whether what speaks against the class is shown too, by methods that know it. */
  readonly bothSigns: boolean;
  /** Whether photos are shown without their maps, to compare. */
  readonly bare: boolean;
  /** The crosshair, which all maps share. */
  readonly pointer: Place | undefined;
  /** How much photos are enlarged, 1 for all of it, and which place is in the middle, as shares of the photo. */
  readonly zoom: { readonly scale: number; readonly x: number; readonly y: number };
  /** What the person marked: what the map should show. */
  readonly region: Region | undefined;
  /** What is drawn by dragging over a photo. */
  readonly marking: Region["kind"] | undefined;
  setLook(look: Partial<Pick<LookSlice, "opacity" | "threshold" | "colors" | "bothSigns" | "bare">>): void;
  point(pointer: Place | undefined): void;
  setZoom(zoom: LookSlice["zoom"]): void;
  mark(region: Region | undefined): void;
  setMarking(marking: Region["kind"] | undefined): void;
}

declare module "./state.js" {
  interface Studio extends LookSlice {}
}

/** The whole photo. */
export const WHOLE = { scale: 1, x: 0.5, y: 0.5 };

export const USUAL_OPACITY = 0.85;

export const createLook: Slice<LookSlice> = (set) => ({
  opacity: USUAL_OPACITY,
  threshold: 0,
  colors: undefined,
  bothSigns: false,
  bare: false,
  pointer: undefined,
  zoom: WHOLE,
  region: undefined,
  marking: undefined,
  setLook: (look) => set(look),
  point: (pointer) => set({ pointer }),
  setZoom: (zoom) => set({ zoom }),
  mark: (region) => set({ region }),
  setMarking: (marking) => set({ marking }),
});
