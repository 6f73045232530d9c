import { compile, LimnError, type MapRequest, type Runtime, rangeAfter } from "@limn/core";
import type { FindModelOptions, OpenedClassifier } from "@limn/node";
import type { DataChoice } from "../data/data-choice.js";
import type { DataSet } from "../data/data-set.js";
import { matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import { SCENES } from "../data/scene-data.js";
import { PictureLoader } from "../evaluation/picture-loader.js";
import type { EvaluationOptions } from "../evaluation/run.js";
import { classRule, type Subject } from "../evaluation/subject.js";
import { type Bench, type Claim, type ClaimOnMaps, type ClaimOnRuns, nameOf } from "./claim.js";
import type { ClaimResult, JudgedFigure } from "./document.js";
import { columnsOf, type Figure } from "./figure.js";
import { Study } from "./study.js";
import { FEWEST, verdictOf, verdictOfAll } from "./verdict.js";

/** Which pictures claims are tested on, and how the work is watched. */
export interface TesterOptions extends Pick<EvaluationOptions, "mapping" | "target"> {
  /** Pictures that all claims are tested on. Default: scenes, for each claim those that show what it is about. */
  readonly data?: DataChoice;
  /** How many scenes are drawn for each experiment; not used if there is data. */
  readonly count: number;
  /** The seed of the scenes; not used if there is data. */
  readonly seed: number;
  /** Called while models or data are downloaded. */
  readonly download?: FindModelOptions["progress"];
  /** Called before each batch of pictures and each round of runs. */
  readonly onProgress?: (progress: TesterProgress) => void;
  /** Ends the work after the pictures that are being measured. */
  readonly signal?: AbortSignal;
}

export interface TesterProgress {
  /** Numbers of the claims that are being tested. */
  readonly claims: readonly number[];
  /** Pictures, or rounds of runs. */
  readonly done: number;
  readonly total: number;
}

type OnMaps = Claim & ClaimOnMaps;
type OnRuns = Claim & ClaimOnRuns;

/** Tests claims on one model. */
export class Tester {
  /** The verdicts on the claims that are done. */
  readonly results: ClaimResult[] = [];
  /** About the model and its pictures. */
  readonly warnings: Set<string>;
  readonly #opened: OpenedClassifier;
  readonly #options: TesterOptions;
  readonly #runtime: Runtime;

  constructor(opened: OpenedClassifier, options: TesterOptions, runtime: Runtime) {
    this.#opened = opened;
    this.#options = options;
    this.#runtime = runtime;
    this.warnings = new Set(opened.warnings);
  }

  /**
   * Tests claims; those about the same pictures share their maps.
   * @throws the signal's reason if the work was aborted
   */
  async test(claims: readonly Claim[]): Promise<void> {
    const { data: given, mapping, download } = this.#options;
    const { classifier, labels, wordnet } = this.#opened;
    for (const scenes of new Set(claims.map((claim) => (given ? undefined : claim.scenes)))) {
      const choice = scenes === undefined ? given : this.#scenes(scenes);
      if (!choice) throw new Error("neither data nor scenes");
      const data = await openData(choice, download);
      const title = given ? data.title : choice.data;
      const match = matchLabels(data, { classes: classifier.classes, labels, wordnet, mapping });
      for (const warning of [...data.warnings, ...match.warnings]) this.warnings.add(warning);
      const subject = { opened: this.#opened, data: { ...data, title }, match };
      const group = given ? claims : claims.filter((claim) => claim.scenes === scenes);
      await this.#testMaps(group.filter(isOnMaps), subject);
      for (const claim of group) if (!isOnMaps(claim)) await this.#testRuns(claim, subject);
    }
  }

  #scenes(options: string): DataChoice {
    const { count, seed } = this.#options;
    return { data: `${SCENES}count=${count},seed=${seed}${options && `,${options}`}` };
  }

  async #testMaps(group: readonly OnMaps[], subject: Subject): Promise<void> {
    const { data } = subject;
    const maps = new Map<string, MapRequest>();
    const possible: OnMaps[] = [];
    for (const claim of group) {
      try {
        for (const request of this.#mapsOf(claim)) maps.set(nameOf(request), request);
        possible.push(claim);
      } catch (error) {
        this.results.push(refused(claim, data, error));
      }
    }
    if (possible.length === 0) return;
    const study = await Study.open(
      subject,
      {
        maps: [...maps.values()],
        target: classRule(this.#options.target, this.#opened),
        gradients: possible.some(({ gradients }) => gradients),
        otherClass: possible.some(({ otherClass }) => otherClass),
      },
      this.#runtime,
    );
    try {
      const rows = new Map(possible.map((claim) => [claim, [] as Record<string, number>[]]));
      const step = this.#stepsOf(possible);
      const total = data.items.length;
      let done = 0;
      step(done, total);
      for await (const pictures of study.batches()) {
        for (const [claim, noted] of rows) noted.push(...pictures.map((picture) => claim.observe(picture)));
        done += pictures.length;
        step(done, total);
      }
      for (const [claim, noted] of rows) this.results.push(judged(claim, data, claim.figures(columnsOf(noted))));
    } finally {
      await study.release();
    }
  }

  /** @throws LimnError if the model can't have them */
  #mapsOf(claim: OnMaps): readonly MapRequest[] {
    const { classifier, preprocessing } = this.#opened;
    const maps = claim.maps(classifier);
    compile(classifier, maps, preprocessing ? { inputRange: rangeAfter(preprocessing) } : {});
    return maps;
  }

  async #testRuns(claim: OnRuns, { data }: Subject): Promise<void> {
    const loader = await PictureLoader.create(data, this.#opened, 1, this.#runtime);
    const pictures: Bench["pictures"] = async function* (count) {
      for (let index = 0, given = 0; index < data.items.length && given < count; index++) {
        const { image, pictures } = await loader.load(await loader.read([index]), async () => undefined);
        if (pictures.length === 0) continue;
        given++;
        yield image;
      }
    };
    const bench: Bench = { opened: this.#opened, runtime: this.#runtime, pictures, step: this.#stepsOf([claim]) };
    try {
      this.results.push(judged(claim, data, await claim.test(bench)));
    } catch (error) {
      this.results.push(refused(claim, data, error));
    } finally {
      await loader.release();
    }
  }

  #stepsOf(claims: readonly Claim[]): Bench["step"] {
    const { onProgress, signal } = this.#options;
    const numbers = claims.map(({ number }) => number);
    return (done, total) => {
      signal?.throwIfAborted();
      onProgress?.({ claims: numbers, done, total });
    };
  }
}

const isOnMaps = (claim: Claim): claim is OnMaps => "maps" in claim;

/** The result for a claim that the model is refused for. @throws any other error */
function refused({ number }: Claim, { title }: DataSet, error: unknown): ClaimResult {
  if (!(error instanceof LimnError && (error.code === "not-applicable" || error.code === "unsupported"))) throw error;
  return { claim: number, data: title, verdict: "can't say", reason: error.message, figures: [] };
}

function judged({ number }: Claim, { title, objects }: DataSet, figures: readonly Figure[]): ClaimResult {
  const withVerdicts = figures.map(
    (figure): JudgedFigure =>
      figure.claimed ? { ...figure, verdict: verdictOf(figure.estimate, figure.claimed) } : figure,
  );
  const verdict = verdictOfAll(withVerdicts.flatMap((figure) => figure.verdict ?? []));
  const told = { claim: number, data: title, verdict, figures: withVerdicts };
  const lacking = figures.find(({ claimed, estimate }) => claimed && estimate.n < FEWEST);
  if (verdict !== "can't say" || !lacking) return told;
  const { what, estimate } = lacking;
  const few = `too few pictures for the ${what}: ${estimate.n}, but ${FEWEST} are needed`;
  return {
    ...told,
    reason: objects === "none" && estimate.n === 0 ? "the data has no boxes or masks of objects" : few,
  };
}
