import type { LabelSet, Picture, Runtime } from "@limn/core";
import type { About, Call, Evaluation, EvaluationSummary, ModelLink, Named, NamedFile } from "./engine.js";
import type { Digest, PlacedModel } from "./placed-model.js";

/** What the workbench needs of the place that it runs in: a Worker of the page, or Node. */
export interface Platform {
  readonly kind: About["kind"];
  readonly runtime: Runtime;
  /** What runs the graphs, in words; see `About.runtime`. */
  readonly runtimeName: string;
  readonly models: readonly Named[];
  readonly pictures: readonly Named[];
  /** A model by one of the names of `models`. @throws LimnError `bad-model` for another name, or files that can't be had */
  model(name: string, call: Call): Promise<PlacedModel>;
  /** The models that a link leads to; see `Engine.modelsAt`. @throws LimnError `bad-model` for one that leads nowhere */
  modelsAt(link: string, call: Call): Promise<readonly ModelLink[]>;
  /** Downloads a model with what belongs to it. @throws LimnError `bad-model` for a link that leads nowhere, or may not be read */
  linkedModel(link: string, call: Call): Promise<PlacedModel>;
  /** @throws LimnError `bad-input` likewise */
  linkedPicture(link: string, call: Call): Promise<NamedFile>;
  /**
   * A picture by one of the names of `pictures`, or of an evaluation's. @throws LimnError `bad-input` likewise
   */
  picture(name: string): Promise<NamedFile | NamedPixels>;
  /** @throws LimnError `bad-input` for a file that is no picture */
  decode(file: NamedFile): Promise<DecodedPicture>;
  /** The class names of a data set, as JSON of the form that labels files have. */
  labelSet(name: LabelSet): Promise<string>;
  readonly digest: Digest;
  evaluations(): Promise<readonly EvaluationSummary[]>;
  /** @throws LimnError `bad-option` for a name that is none of theirs */
  evaluation(name: string, call: Call): Promise<Evaluation>;
  /** Lets messages in that have come while the thread was busy. */
  pause(): Promise<void>;
}

/** A picture whose file is not known, only what is in it. */
export interface NamedPixels extends DecodedPicture {
  readonly name: string;
}

export interface DecodedPicture {
  readonly picture: Picture;
  readonly warnings: readonly string[];
}
