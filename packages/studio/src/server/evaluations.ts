import { basename } from "node:path";
import { LimnError } from "@limn/core";
import type { ReadResults } from "@limn/evaluate";
import type { Evaluation, EvaluationSummary } from "../engine/engine.js";
import { evaluatedPicture, OF } from "../engine/evaluated-picture.js";
import type { NamedPixels } from "../engine/platform.js";

/** Results that the studio shows. */
export interface OfferedResults extends Pick<ReadResults, "subject" | "items" | "maps"> {
  /** What the page calls them: their folder's name. */
  readonly name: string;
  /** What the page calls their model. */
  readonly model: string;
}

/** The evaluations that were named on the command line, with their pictures. */
export class Evaluations {
  readonly #offered: ReadonlyMap<string, OfferedResults>;

  constructor(offered: readonly OfferedResults[]) {
    this.#offered = new Map(offered.map((one) => [one.name, one]));
  }

  summaries(): EvaluationSummary[] {
    return [...this.#offered.values()].map(summaryOf);
  }

  /** @throws LimnError `bad-option` for a name that is none of theirs */
  evaluation(name: string): Evaluation {
    const offered = this.#offered.get(name);
    if (!offered) throw new LimnError("bad-option", `there is no evaluation "${name}"; name its folder with --data`);
    const { subject, items, maps } = offered;
    return {
      ...summaryOf(offered),
      labels:
        subject.opened.labels ?? Array.from({ length: subject.opened.classifier.classes }, (_, i) => `class ${i}`),
      methods: maps,
      items: items.map((item) => evaluatedPicture(name, item)),
    };
  }

  /** One of their pictures; undefined for a name that is none of theirs. @throws LimnError `bad-input` that names the file */
  async picture(name: string): Promise<NamedPixels | undefined> {
    for (const { name: evaluation, subject } of this.#offered.values()) {
      const start = `${evaluation}${OF}`;
      if (!name.startsWith(start)) continue;
      const id = name.slice(start.length);
      const index = subject.data.items.findIndex((item) => item.id === id);
      if (index < 0) return undefined;
      const { picture, warnings } = await subject.data.open(index);
      return { name: basename(id), picture, warnings };
    }
    return undefined;
  }
}

const summaryOf = ({ name, model, items }: OfferedResults): EvaluationSummary => ({
  name,
  model,
  pictures: items.length,
});
