import type { JSX } from "preact";
import type { TableItem } from "../evaluation/table.js";
import type { Choice, ChosenPicture } from "./choices.js";
import type { ShownItem } from "./shown-items.js";

/** What is needed to show pictures with their maps. */
export interface PicturesContent {
  readonly items: readonly TableItem[];
  /** The names of the model's classes. */
  readonly labels: readonly string[] | undefined;
  /** What maps are about, if it is not a class. */
  readonly explained?: string | undefined;
  /** Whether the model gives values instead of probabilities. */
  readonly givesValues: boolean;
  readonly shown: ReadonlyMap<number, ShownItem>;
}

export const nameOf = ({ labels }: Pick<PicturesContent, "labels">, index: number): string =>
  labels?.[index] ?? `class ${index}`;

export function Gallery(props: {
  readonly choice: Choice;
  readonly content: PicturesContent;
  /** The map that is shown. Default: the first one. */
  readonly map?: string;
}): JSX.Element {
  const { choice, content, map } = props;
  return (
    <div>
      <h3>
        {choice.title} <span class="faint">{choice.note}</span>
      </h3>
      <div class={choice.shown.some(({ targets }) => targets.length > 1) ? "gallery wide" : "gallery"}>
        {choice.shown.map((chosen) => (
          <Shown key={chosen.row} chosen={chosen} content={content} map={map} />
        ))}
      </div>
    </div>
  );
}

function Shown(props: {
  readonly chosen: ChosenPicture;
  readonly content: PicturesContent;
  readonly map: string | undefined;
}): JSX.Element | null {
  const { chosen, content, map } = props;
  const item = content.items[chosen.row];
  const shown = item && content.shown.get(item.index);
  if (!item || !shown) return null;
  const { labels, predicted, target, confidence, probability, runnerUp, runnerUpConfidence, id } = item;
  const maps = chosen.targets.flatMap((wanted) => {
    const made = shown.maps.get(wanted) ?? {};
    const url = made[map ?? (Object.keys(made)[0] as string)];
    return url === undefined ? [] : [{ wanted, url }];
  });
  const { explained, givesValues } = content;
  const said = (score: number) => (givesValues ? score.toPrecision(3) : `${(100 * score).toFixed(0)} %`);
  const nameFor = (wanted: number) => explained ?? nameOf(content, wanted);
  const asked = chosen.targets.filter((wanted) => wanted !== predicted);
  return (
    <figure class="shown">
      <div class="pictures">
        <div>
          <img src={shown.picture} alt={id} />
          <span>{labels.map((label) => nameOf(content, label)).join(" or ")}</span>
        </div>
        {maps.map(({ wanted, url }) => (
          <div key={wanted}>
            <img src={url} alt={`what speaks for ${nameFor(wanted)}`} />
            <span>for {nameFor(wanted)}</span>
          </div>
        ))}
      </div>
      <figcaption>
        says {nameOf(content, predicted)}, {said(confidence)}
        {asked.map((wanted) => {
          const share = wanted === target ? probability : wanted === runnerUp ? runnerUpConfidence : undefined;
          return share !== undefined && `; ${nameOf(content, wanted)} ${said(share)}`;
        })}
        <br />
        {id}
      </figcaption>
    </figure>
  );
}
