import type { Classification, MapWish, StudioMethod } from "../../engine/engine.js";
import type { StudioModel } from "./model.js";
import { engineOf } from "./session.js";
import type { Slice, Studio } from "./state.js";

/** The most classes that are pinned next to the chosen one. */
export const MOST_PINS = 3;

/** What is asked: why this class, by which methods, at which layer. */
export interface QuestionSlice {
  /** What the model says of the photo; undefined until it has. */
  readonly classification: Classification | undefined;
  /** Whether it is still that of another photo, since this one is being classified. */
  readonly isAsking: boolean;
  /** The class that was chosen; undefined stands for the predicted one, whichever that is. */
  readonly chosen: number | undefined;
  /** The class under the pointer, which is shown in place of the chosen one. */
  readonly peeked: number | undefined;
  /** Classes that are compared with it. */
  readonly pins: readonly number[];
  /** Names of methods, in the order in which they were added. */
  readonly methods: readonly string[];
  /** As `findLayer` takes it; undefined for the default layer. */
  readonly layer: string | undefined;
  choose(target: number | undefined): void;
  peek(target: number | undefined): void;
  pin(target: number): void;
  unpin(target: number): void;
  /** Shows a method alone. */
  chooseMethod(method: string): void;
  /** Shows a method next to the others, or takes it away; one always stays. */
  toggleMethod(method: string): void;
  setMethods(methods: readonly string[]): void;
  chooseLayer(layer: string | undefined): void;
  /** Shows what the model says of something else than the photo, such as what a camera sees, until it is asked again. */
  hear(classification: Classification): void;
  /** Classifies the photo, since it or the model is another one. */
  askAgain(): void;
  /** Keeps what a new model can have of the question. */
  meetModel(before: StudioModel | undefined): void;
}

declare module "./state.js" {
  interface Studio extends QuestionSlice {}
}

export const createQuestion: Slice<QuestionSlice> = (set, get) => {
  let abort = new AbortController();
  return {
    classification: undefined,
    isAsking: false,
    chosen: undefined,
    peeked: undefined,
    pins: [],
    methods: [],
    layer: undefined,
    choose: (target) => set({ chosen: target, peeked: undefined, pins: get().pins.filter((pin) => pin !== target) }),
    peek: (peeked) => set({ peeked }),
    pin(target) {
      const { pins } = get();
      if (!pins.includes(target)) set({ pins: [...pins, target].slice(-MOST_PINS) });
    },
    unpin: (target) => set({ pins: get().pins.filter((pin) => pin !== target) }),
    chooseMethod: (method) => set({ methods: [method] }),
    toggleMethod(method) {
      const { methods } = get();
      const without = methods.filter((name) => name !== method);
      set({
        methods: without.length === methods.length ? [...methods, method] : without.length > 0 ? without : methods,
      });
    },
    setMethods: (methods) => set({ methods }),
    chooseLayer: (layer) => set({ layer }),
    hear: (classification) => set({ classification, isAsking: false }),
    askAgain() {
      abort.abort();
      abort = new AbortController();
      const { signal } = abort;
      const { model, photo } = get();
      set({ peeked: undefined, isAsking: model !== undefined && photo !== undefined });
      if (!model || !photo) return;
      engineOf(get())
        .classify({ model: model.handle, picture: photo.handle }, undefined, { signal })
        .then(
          (classification) => {
            if (!signal.aborted) set({ classification, isAsking: false });
          },
          (error) => {
            if (signal.aborted) return;
            set({ isAsking: false });
            get().complain(error);
          },
        );
    },
    meetModel(before) {
      const { model, methods, layer, askAgain } = get();
      if (!model) return;
      const fitting = model.methods.filter(({ refused }) => refused === null);
      const kept = methods.filter((name) => fitting.some(({ method }) => method === name));
      const usual = coarseFirst(model)[0] ?? model.usual[0];
      const same = before?.handle === model.handle;
      set({
        classification: undefined,
        // they belong to the model before, or to how it was opened before
        maps: new Map(),
        imagined: new Map(),
        methods: kept.length > 0 ? kept : usual === undefined ? [] : [usual],
        ...(same ? {} : { node: undefined }),
        layer: model.layers.some((one) => one.stage === layer || one.tensor === layer) ? layer : undefined,
        // indices mean the same as long as there are as many classes
        ...(same || before?.labels?.join() === model.labels?.join() ? {} : { chosen: undefined, pins: [] }),
      });
      askAgain();
    },
  };
};

/** The class that is shown: under the pointer, or chosen, or predicted. */
export const shownTarget = ({ peeked, chosen, classification }: Studio): number | undefined =>
  peeked ?? chosen ?? classification?.ranked[0];

/** The class that is asked about, whatever is under the pointer. */
export const askedTarget = ({ chosen, classification }: Studio): number | undefined =>
  chosen ?? classification?.ranked[0];

/** What is to be made by a method: at the chosen layer if it takes one, and with both signs if these are looked at. */
export function wishFor(
  method: string,
  { model, layer, bothSigns }: Pick<Studio, "model" | "layer" | "bothSigns">,
): MapWish {
  const facts = model?.methods.find((one) => one.method === method);
  return {
    method,
    ...(layer !== undefined && facts?.usesLayer === true ? { layer } : {}),
    ...(bothSigns && facts?.bothSigns ? { options: facts.bothSigns } : {}),
  };
}

/** The usual methods that fit, those of regions before those of single pixels: they are read at a glance. */
export function coarseFirst({ usual, methods }: StudioModel): string[] {
  const fitting = methods.filter(({ method, refused }) => refused === null && usual.includes(method));
  const rank = ({ usesLayer }: StudioMethod) => (usesLayer === true ? 0 : 1);
  return fitting.sort((a, b) => rank(a) - rank(b)).map(({ method }) => method);
}

/** The methods that don't take many runs, for what has no time to wait: the usual ones, and the chosen one if it is one of them. */
export function quickMethods(model: StudioModel, chosen: readonly string[]): readonly string[] {
  const isQuick = (name: string) =>
    model.methods.some(({ method, refused, manyRuns }) => method === name && refused === null && !manyRuns);
  return [...new Set([...coarseFirst(model), ...chosen.slice(0, 1)])].filter(isQuick);
}

/** That of the quick methods which is chosen, or else the first. */
export function quickMethod(model: StudioModel, chosen: readonly string[]): string | undefined {
  const quick = quickMethods(model, chosen);
  return quick.find((method) => method === chosen[0]) ?? quick[0];
}

/** A class as people read it. */
export const labelOf = (model: StudioModel | undefined, target: number): string =>
  model?.labels?.[target]?.replaceAll("_", " ") ?? `class ${target}`;
