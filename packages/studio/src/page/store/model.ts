import type { ModelChoice, ModelSource, OpenedModel, Progress } from "../../engine/engine.js";
import { pathOf } from "../open/path-of.js";
import type { Spot } from "./notices.js";
import { engineOf, letGo } from "./session.js";
import type { Slice, Studio } from "./state.js";

/** Where a model comes from, in a form that can be read again. */
export type ModelOrigin =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "link"; readonly link: string }
  | { readonly kind: "files"; readonly files: readonly File[] };

/** A model as it is open, and how it was opened. */
export interface StudioModel extends OpenedModel {
  readonly origin: ModelOrigin;
  /** What the person said of it. */
  readonly choice: ModelChoice;
  /** Counts how often something was opened: what was made before belongs to another choice. */
  readonly revision: number;
}

/** The model that is asked. */
export interface ModelSlice {
  readonly model: StudioModel | undefined;
  /** Set while one is opened. */
  readonly opening: Opening | undefined;
  /** Opens a model; if it is refused, the one before stays, and the person is told. */
  openModel(origin: ModelOrigin, choice?: ModelChoice, spot?: Spot): Promise<boolean>;
  /** Opens the model, or the one that is being opened, again with other labels or another preprocessing; undefined takes a choice back. */
  correct(change: ChangedChoice, spot?: Spot): Promise<boolean>;
  /** Resolves as soon as no model is being opened. */
  opened(): Promise<void>;
  /** Gives up what is being opened. */
  stopOpening(): void;
  /** Closes the model, so that nothing is asked of it any more. */
  closeModel(): void;
}

declare module "./state.js" {
  interface Studio extends ModelSlice {}
}

/** A model that is not open yet. */
export interface Opening {
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly choice: ModelChoice;
  readonly progress: Progress | undefined;
}

type ChangedChoice = { readonly [Key in keyof ModelChoice]?: ModelChoice[Key] | undefined };

let revisions = 0;

/** A model that was just opened. */
export const asOpened = (opened: OpenedModel, origin: ModelOrigin, choice: ModelChoice): StudioModel => ({
  ...opened,
  origin,
  choice,
  revision: ++revisions,
});

export const createModel: Slice<ModelSlice> = (set, get) => {
  let abort = new AbortController();
  let last: Promise<boolean> | undefined;
  const open = async (origin: ModelOrigin, choice: ModelChoice, spot?: Spot): Promise<boolean> => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const opening = { name: nameOf(origin), origin, choice, progress: undefined };
    set({ opening });
    const onStep = (progress: Progress) => set({ opening: { ...opening, progress } });
    try {
      const opened = await engineOf(get()).openModel(await sourceOf(origin), choice, { signal, onStep });
      if (signal.aborted) return false;
      const { model: before, other } = get();
      const isKept = before?.handle === opened.handle || before?.handle === other?.handle;
      if (before && !isKept) letGo(engineOf(get()), before.handle);
      set({ model: asOpened(opened, origin, choice), opening: undefined });
      if (other?.handle === opened.handle) set({ other: undefined });
      get().meetModel(before);
      get().freeMemory(bytesOpen(get()));
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      set({ opening: undefined });
      get().complain(error, spot);
      return false;
    }
  };
  return {
    model: undefined,
    opening: undefined,
    openModel(origin, choice = {}, spot) {
      last = open(origin, choice, spot);
      return last;
    },
    async opened() {
      for (let seen: typeof last; seen !== last; await seen) seen = last;
    },
    async correct(change, spot) {
      const { model, opening, openModel } = get();
      const meant = opening ?? model;
      if (!meant) return false;
      const choices = Object.entries({ ...meant.choice, ...change }).filter(([, value]) => value !== undefined);
      return openModel(meant.origin, Object.fromEntries(choices), spot);
    },
    stopOpening() {
      abort.abort();
      set({ opening: undefined });
    },
    closeModel: () => set({ model: undefined }),
  };
};

/** The size of the models that are open. */
export const bytesOpen = ({ model, other }: Pick<Studio, "model" | "other">): number =>
  (model?.bytes ?? 0) + (other?.bytes ?? 0);

/** What a model is called before it is open. */
export function nameOf(origin: ModelOrigin): string {
  if (origin.kind === "named") return origin.name;
  if (origin.kind === "link") return origin.link;
  return origin.files.find(({ name }) => name.endsWith(".onnx"))?.name ?? "model";
}

/** What the address and commands of the terminal call a model. */
export const addressName = ({ origin, name }: StudioModel): string => (origin.kind === "link" ? origin.link : name);

export async function sourceOf(origin: ModelOrigin): Promise<ModelSource> {
  if (origin.kind !== "files") return origin;
  const files = origin.files.map(async (file) => ({
    name: pathOf(file),
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  return { kind: "files", files: await Promise.all(files) };
}
