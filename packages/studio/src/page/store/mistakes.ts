import type { EvaluatedPicture, Evaluation, PictureSource } from "../../engine/engine.js";
import type { Group } from "../mistakes/confusion.js";
import type { WrittenResults } from "../mistakes/written-results.js";
import type { Spot } from "./notices.js";
import { engineOf } from "./session.js";
import { sourceOfFile } from "./sheet.js";
import type { Slice } from "./state.js";

/** The evaluation whose mistakes are looked at, and where in it the person is. */
export interface MistakesSlice {
  /** Undefined until it is opened. */
  readonly evaluation: Evaluation | undefined;
  /** Where the evaluation comes from, if that is a folder that was opened in the page. */
  readonly written: WrittenResults | undefined;
  /** Finds the file of one of its pictures, among those that were given; undefined as long as there are none. */
  readonly findPicture: ((name: string) => File | undefined) | undefined;
  readonly group: Group;
  /** How far the pictures of the group are scrolled, in pixels. */
  readonly scrolled: number;
  /** The picture of the evaluation that was opened last, by its name, and what it is on the table. */
  readonly visited: string | undefined;
  readonly visitedHandle: string | undefined;
  /** That which is being opened. */
  readonly visiting: string | undefined;
  openEvaluation(name: string): Promise<void>;
  /** Opens a folder that `limn evaluate` or `limn confusion` has written, with its model if that is at hand. */
  openResults(files: readonly File[], spot?: Spot): Promise<void>;
  /** Gives an evaluation the pictures that its folder only names. */
  givePictures(files: readonly File[]): Promise<void>;
  /** How a picture of the evaluation is opened. @throws Error if its file was not given */
  sourceOfEvaluated(name: string): Promise<PictureSource>;
  lookAt(group: Group): void;
  keepScrolled(scrolled: number): void;
  /** Asks the evaluation's model about one of its pictures: why it is called so, next to what it is. */
  visit(item: EvaluatedPicture): Promise<void>;
}

declare module "./state.js" {
  interface Studio extends MistakesSlice {}
}

const BEGINNING = {
  group: { kind: "mistakes" },
  scrolled: 0,
  visited: undefined,
  visitedHandle: undefined,
} as const satisfies Partial<MistakesSlice>;

export const createMistakes: Slice<MistakesSlice> = (set, get) => {
  /** Opens the evaluation's model unless it is open. @returns whether it is */
  const meetItsModel = async (spot?: Spot): Promise<boolean> => {
    const { evaluation, written, model, about, openModel, say } = get();
    if (!evaluation) return false;
    const { origin } = model ?? {};
    if (!written) {
      const isOpen = origin?.kind === "named" && origin.name === evaluation.model;
      return isOpen || openModel({ kind: "named", name: evaluation.model });
    }
    const isKnown = about?.models.some(({ name }) => name === evaluation.model);
    if (isKnown && model?.handle !== written.model)
      await openModel({ kind: "named", name: evaluation.model }, {}, spot);
    const { handle, labels } = get().model ?? {};
    if (handle === written.model) {
      // what limn evaluate writes does not name the classes
      if (labels) set({ evaluation: { ...evaluation, labels } });
      return true;
    }
    say("note", `These results are of the model ${evaluation.model}: open its file to ask why.`, spot);
    return false;
  };

  return {
    evaluation: undefined,
    written: undefined,
    findPicture: undefined,
    ...BEGINNING,
    visiting: undefined,
    async openEvaluation(name) {
      try {
        const evaluation = await engineOf(get()).evaluation(name);
        set({ evaluation, written: undefined, findPicture: undefined, ...BEGINNING });
      } catch (error) {
        get().complain(error);
      }
    },
    async openResults(files, spot) {
      try {
        const { writtenResults } = await import("../mistakes/written-results.js");
        const written = await writtenResults(files);
        set({ evaluation: written.evaluation, written, findPicture: undefined, ...BEGINNING });
        get().show("mistakes");
        await meetItsModel(spot);
      } catch (error) {
        get().complain(error, spot);
      }
    },
    async givePictures(files) {
      const { evaluation } = get();
      if (!evaluation) return;
      const { pictureFinder } = await import("../mistakes/written-results.js");
      set({ findPicture: pictureFinder(evaluation, files) });
    },
    async sourceOfEvaluated(name) {
      const { written, findPicture } = get();
      if (!written) return { kind: "named", name };
      const file = findPicture?.(name);
      if (!file) throw new Error(`${name}: its file was not given; drop the folder of the pictures`);
      return sourceOfFile(file);
    },
    lookAt: (group) => set({ ...BEGINNING, group }),
    keepScrolled: (scrolled) => set({ scrolled }),
    async visit({ name, truth, predicted }) {
      const { evaluation, visiting, visitedHandle, openPhoto, sourceOfEvaluated } = get();
      if (!evaluation || visiting !== undefined) return;
      set({ visiting: name });
      try {
        if (!(await meetItsModel())) return;
        const opened = await openPhoto(await sourceOfEvaluated(name));
        if (!opened) return;
        if (visitedHandle !== undefined && visitedHandle !== opened.handle) get().closePhoto(visitedHandle);
        get().choose(predicted);
        set({
          visited: name,
          visitedHandle: opened.handle,
          pins: truth === undefined || truth === predicted ? [] : [truth],
        });
        get().show("why");
      } catch (error) {
        get().complain(error);
      } finally {
        set({ visiting: undefined });
      }
    },
  };
};
