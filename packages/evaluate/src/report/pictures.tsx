import type { JSX } from "preact";
import type { TableItem } from "../evaluation/table.js";
import type { Choice, ChosenPicture } from "./choices.js";
import { ColorBar } from "./color-bar.js";
import type { ShownItem, ShownMap } from "./shown-items.js";

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

/** A picture that is shown, and what is known about it. */
interface Found {
  readonly item: TableItem;
  readonly shown: ShownItem;
}

function found(content: PicturesContent, { row }: ChosenPicture): Found | undefined {
  const item = content.items[row];
  const shown = item && content.shown.get(item.index);
  return item && shown ? { item, shown } : undefined;
}

const scoreIn = ({ givesValues }: PicturesContent, score: number): string =>
  givesValues ? score.toPrecision(3) : `${(100 * score).toFixed(0)}\u00a0%`;

const labelsOf = (content: PicturesContent, { labels }: TableItem): string =>
  labels.map((label) => nameOf(content, label)).join(" or ");

/** What the picture is, and what the model takes it for. */
function Said({ content, item }: { readonly content: PicturesContent; readonly item: TableItem }): JSX.Element {
  const said = `${nameOf(content, item.predicted)}, ${scoreIn(content, item.confidence)}`;
  if (item.labels.includes(item.predicted) || item.labels.length === 0) return <b>{said}</b>;
  return (
    <>
      <b>{labelsOf(content, item)}</b>, taken for {said}
    </>
  );
}

const Photo = ({ content, item, shown }: Found & { readonly content: PicturesContent }): JSX.Element => (
  <img
    src={shown.picture}
    alt={labelsOf(content, item) || "without a label"}
    title={item.id}
    width={224}
    height={224}
  />
);

const MapImage = ({ map, about }: { readonly map: ShownMap; readonly about: string }): JSX.Element => (
  <img src={map.url} alt={about} width={224} height={224} />
);

/** How many pictures and maps stand next to each other. */
const MOST_IN_ROW = 8;

/** A picture next to the maps of all methods. @param figureOf a map's figure on a picture, in words */
export function Compared(props: {
  readonly chosen: ChosenPicture;
  readonly content: PicturesContent;
  readonly figureOf: (map: string, row: number) => string;
}): JSX.Element | null {
  const { chosen, content, figureOf } = props;
  const one = found(content, chosen);
  if (!one) return null;
  const [target] = chosen.targets as [number];
  const maps = Object.entries(one.shown.maps.get(target) ?? {});
  return (
    <div
      class="strip"
      // on narrow screens, four are two and two
      style={`--tiles:${Math.min(MOST_IN_ROW, maps.length + 1)};--narrow:${maps.length === 3 ? 2 : 3}`}
    >
      <figure class="shown">
        <Photo content={content} {...one} />
        <figcaption>
          <Said content={content} item={one.item} />
        </figcaption>
      </figure>
      {maps.map(([name, map]) => (
        <figure class="shown" key={name}>
          <MapImage map={map} about={`${name} for ${content.explained ?? nameOf(content, target)}`} />
          <ColorBar {...map} />
          <figcaption>
            <b>{name}</b> {figureOf(name, chosen.row)}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

/** Pictures, each above its map by one method. */
export function Pairs(props: {
  readonly choice: Choice;
  readonly content: PicturesContent;
  readonly map: string;
  readonly figureOf: (map: string, row: number) => string;
}): JSX.Element {
  const { choice, content, map, figureOf } = props;
  return (
    <>
      {choice.shown.map((chosen) => {
        const one = found(content, chosen);
        const [target] = chosen.targets as [number];
        const drawn = one?.shown.maps.get(target)?.[map];
        if (!one || !drawn) return null;
        return (
          <figure class="shown" key={chosen.row}>
            <Photo content={content} {...one} />
            <MapImage map={drawn} about={`${map} for ${content.explained ?? nameOf(content, target)}`} />
            <ColorBar {...drawn} />
            <figcaption>
              <b>{figureOf(map, chosen.row)}</b> {choice.title.toLowerCase()},{" "}
              <Said content={content} item={one.item} />
            </figcaption>
          </figure>
        );
      })}
    </>
  );
}

/** Pictures with a map for each class that they are about, by the first method. */
export const Gallery = (props: { readonly choice: Choice; readonly content: PicturesContent }): JSX.Element => (
  <div class="mistakes">
    {props.choice.shown.map((chosen) => (
      <ForClasses key={chosen.row} chosen={chosen} content={props.content} />
    ))}
  </div>
);

function ForClasses(props: { readonly chosen: ChosenPicture; readonly content: PicturesContent }): JSX.Element | null {
  const { chosen, content } = props;
  const one = found(content, chosen);
  if (!one) return null;
  const { item, shown } = one;
  const { predicted, target, probability, runnerUp, runnerUpConfidence } = item;
  const scoreOf = (wanted: number) => {
    if (wanted === predicted) return item.confidence;
    return wanted === target ? probability : wanted === runnerUp ? runnerUpConfidence : undefined;
  };
  return (
    <div class="trio">
      <figure class="shown">
        <Photo content={content} {...one} />
        <figcaption>
          <Said content={content} item={item} />
        </figcaption>
      </figure>
      {chosen.targets.map((wanted) => {
        const [map] = Object.values(shown.maps.get(wanted) ?? {});
        if (!map) return null;
        const name = content.explained ?? nameOf(content, wanted);
        const score = scoreOf(wanted);
        return (
          <figure class="shown" key={wanted}>
            <MapImage map={map} about={`what speaks for ${name}`} />
            <ColorBar {...map} />
            <figcaption>
              for <b>{name}</b>
              {score !== undefined && `, ${scoreIn(content, score)}`}
            </figcaption>
          </figure>
        );
      })}
    </div>
  );
}
