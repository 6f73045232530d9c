import { useMemo, useState } from "react";
import type { MapWish } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { madeMap } from "../maps/made-map.js";
import { useMap, useMaps, type Wanted } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import type { StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { askedTarget } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { CellNote } from "../why/CellNote.js";
import { Looks } from "../why/Looks.js";
import { Scale } from "../why/Scale.js";
import { Tiles } from "../why/Tiles.js";
import { Working } from "../why/Working.js";
import { strongestAt } from "../words/map-name.js";
import { tokenAt, tokenBox } from "./token-at.js";
import "./tokens.css";

/** Where every place of the photo looks: the rollout of attention from the token that is pointed at. */
export default function TokensView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  return model?.tokens && photo ? <Tokens model={model} tokens={model.tokens} photo={photo} /> : null;
}

/** The most rows of attention that are made in one run. */
const ROWS = 64;

const HEADS = ["mean", "max", "min"] as const;

interface TokensProps {
  readonly model: StudioModel;
  readonly tokens: NonNullable<StudioModel["tokens"]>;
  readonly photo: Photo;
}

function Tokens({ model, tokens, photo }: TokensProps) {
  const [fuse, setFuse] = useState<(typeof HEADS)[number]>("mean");
  const target = useStudio(askedTarget);
  const view = useStudio(({ classification }) => classification?.view);
  const token = useStudio(({ pointer }) => (pointer && view ? tokenAt(pointer, view, tokens) : undefined));
  const count = tokens.width * tokens.height;
  const wishes = useMemo((): MapWish[] => {
    const options = fuse === "mean" ? {} : { fuse };
    const ofRow = (row: number): MapWish => ({ method: "rollout", options: { ...options, row: tokens.before + row } });
    return Array.from({ length: count }, (_, row) => ofRow(row));
  }, [count, tokens.before, fuse]);
  const usual = useMemo(
    (): MapWish => (fuse === "mean" ? { method: "rollout" } : { method: "rollout", options: { fuse } }),
    [fuse],
  );
  const portion = Math.floor((token ?? 0) / ROWS);
  const wanted = useMemo((): Wanted[] => {
    if (target === undefined) return [];
    const targets = [target];
    const portions = Array.from({ length: Math.ceil(count / ROWS) }, (_, i) => wishes.slice(i * ROWS, (i + 1) * ROWS));
    // the portion that is pointed at goes before the others
    const [first] = portions.splice(portion, 1);
    return [{ wishes: [usual], targets }, ...[first ?? [], ...portions].map((some) => ({ wishes: some, targets }))];
  }, [target, wishes, usual, count, portion]);
  useMaps(wanted);

  const wish = (token === undefined ? undefined : wishes[token]) ?? usual;
  useShown(target === undefined ? [] : [{ kind: "photo" }, { kind: "map", wish, target }]);
  const found = useMap(wish, target);
  const map = madeMap(found);
  const box = token !== undefined && view ? tokenBox(token, view, tokens) : undefined;
  const from =
    token === undefined
      ? usualRow(tokens.before)
      : `the place in row ${1 + Math.floor(token / tokens.width)}, column ${1 + (token % tokens.width)}`;
  const grid = view && <TokenGrid view={view} tokens={tokens} box={box} />;
  return (
    <>
      <header className="question">
        <h1>
          Where does <em>{token === undefined ? "the model" : "this place"}</em> look?
        </h1>
        <p className="faint">
          {tokens.width} × {tokens.height} tokens of {model.name}; attention of all blocks, from {from}
        </p>
      </header>
      <fieldset className="method-bar" aria-label="How heads are joined">
        {HEADS.map((name) => (
          <button key={name} type="button" className="chip" aria-pressed={name === fuse} onClick={() => setFuse(name)}>
            {name === "mean" ? "Mean of heads" : name === "max" ? "Largest head" : "Smallest head"}
          </button>
        ))}
      </fieldset>
      <Tiles
        shape={photo.picture.width / photo.picture.height}
        photo={
          <figure className="cell">
            <MapCanvas photo={photo} name={`The photo ${photo.name}, with the grid of its tokens`} overlay={grid} />
            <figcaption className="faint small">Point at a place, or move the crosshair by arrows.</figcaption>
          </figure>
        }
      >
        {[
          <figure key="map" className="cell">
            <div className="cell-picture">
              <MapCanvas
                photo={photo}
                map={map}
                stale={!found}
                name={map ? `Attention from ${from}, strongest ${strongestAt(map.grid)}` : "Attention, not made yet"}
                overlay={grid}
              />
              {!found && <Working wish={wish} />}
              {found && "refused" in found && <CellNote>{found.refused}</CellNote>}
            </div>
            <figcaption>
              <div className="cell-title">
                <span className="cell-name">Rollout</span>
                <span className="faint">
                  {token === undefined ? "whole picture" : `token ${tokens.before + token}`}
                </span>
              </div>
              {map && <Scale map={map} />}
            </figcaption>
          </figure>,
        ]}
      </Tiles>
      <Looks />
    </>
  );
}

const usualRow = (before: number): string => (before > 0 ? "the class token" : "what the classes are read from");

interface TokenGridProps {
  readonly view: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly tokens: { readonly width: number; readonly height: number };
  readonly box: Parameters<typeof tokenBox>[1] | undefined;
}

function TokenGrid({ view, tokens: { width, height }, box }: TokenGridProps) {
  const across = Array.from({ length: width - 1 }, (_, i) => view.x + ((i + 1) * view.width) / width);
  const down = Array.from({ length: height - 1 }, (_, i) => view.y + ((i + 1) * view.height) / height);
  return (
    <>
      {across.map((x) => (
        <line key={`x${x}`} className="token-line" x1={x} x2={x} y1={view.y} y2={view.y + view.height} />
      ))}
      {down.map((y) => (
        <line key={`y${y}`} className="token-line" y1={y} y2={y} x1={view.x} x2={view.x + view.width} />
      ))}
      {box && <rect className="token-box" {...box} />}
    </>
  );
}
