import type { Grid } from "@limn/core";
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { MapWish } from "../../engine/engine.js";
import { useMaps } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import { Icon } from "../parts/Icon.js";
import { Slider } from "../parts/Slider.js";
import type { Photo } from "../store/photos.js";
import { useStudio } from "../store/studio.js";
import { MapCell } from "../why/MapCell.js";
import { percent } from "../words/numbers.js";
import { HideByChoice } from "./HideByChoice.js";
import { MaskedPhoto } from "./MaskedPhoto.js";
import { inverted, openMask, type Spot, shareHidden, stroked } from "./mask.js";
import { useHidden } from "./use-hidden.js";

/** How far an arrow key moves the brush, as a share of the photo. */
const STEP = 1 / 40;

const ARROWS: Readonly<Record<string, Spot>> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

interface BrushPartProps {
  readonly photo: Photo;
  /** The map that is shown next to the photo, to see what to hide. */
  readonly wish: MapWish;
  readonly target: number;
}

/** A brush that hides parts of the photo, while the classes change. */
export function BrushPart({ photo, wish, target }: BrushPartProps) {
  useMaps([{ wishes: [wish], targets: [target] }]);
  useShown([{ kind: "photo" }, { kind: "map", wish, target }]);
  const by = useStudio((studio) => studio.hideBy);
  const [mask, setMask] = useState<Grid>(() => openMask(photo.picture));
  const [radius, setRadius] = useState(0.06);
  const [hides, setHides] = useState(true);
  const [spot, setSpot] = useState<Spot>();
  const held = useRef<Spot | undefined>(undefined);
  const share = shareHidden(mask);
  useEffect(() => setMask(openMask(photo.picture)), [photo]);
  useHidden(share > 0 ? mask : undefined);

  const paint = (from: Spot, to: Spot) => setMask((old) => stroked(old, from, to, radius, hides));
  const spotOf = ({ currentTarget, clientX, clientY }: PointerEvent): Spot => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  const onKey = (event: KeyboardEvent) => {
    const at = spot ?? { x: 0.5, y: 0.5 };
    const arrow = ARROWS[event.key];
    if (arrow) {
      const next = { x: within(at.x + arrow.x), y: within(at.y + arrow.y) };
      setSpot(next);
      if (event.shiftKey) paint(at, next);
    } else if (event.key === " " || event.key === "Enter") {
      setSpot(at);
      paint(at, at);
    } else if (event.key === "e") setHides(!hides);
    else return;
    event.preventDefault();
  };
  const { width, height } = photo.picture;
  const longest = Math.max(width, height);
  return (
    <>
      <div className="truth-pair">
        <div className="truth-photo">
          {/* biome-ignore lint/a11y/noStaticElementInteractions: it is a drawing board, with a role, a name and keys */}
          <div
            className="brushed"
            style={{ "--shape": `${width} / ${height}`, "--ratio": width / height } as CSSProperties}
            {...{
              role: "group",
              tabIndex: 0,
              "aria-label": `Brush over ${photo.name}. Arrows move it, Space paints, Shift with an arrow draws, E changes between hiding and bringing back.`,
            }}
            onKeyDown={onKey}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              held.current = spotOf(event);
              paint(held.current, held.current);
            }}
            onPointerMove={(event) => {
              const at = spotOf(event);
              setSpot(at);
              if (!held.current) return;
              paint(held.current, at);
              held.current = at;
            }}
            onPointerUp={() => {
              held.current = undefined;
            }}
            onPointerCancel={() => {
              held.current = undefined;
            }}
            onPointerLeave={() => setSpot(undefined)}
          >
            <MaskedPhoto photo={photo} mask={mask} by={by} name={`${photo.name}, ${percent(share)} hidden`} />
            {spot && (
              <svg className="map-above" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
                <circle
                  className="brush-tip"
                  data-erases={!hides || undefined}
                  cx={spot.x * width}
                  cy={spot.y * height}
                  r={radius * longest}
                />
              </svg>
            )}
          </div>
        </div>
        <div className="truth-photo truth-map" style={{ "--ratio": width / height } as CSSProperties}>
          <MapCell photo={photo} wish={wish} target={target} title="method" />
        </div>
      </div>
      <fieldset className="look-bar" aria-label="Brush">
        <div className="either">
          <button type="button" className="chip" aria-pressed={hides} onClick={() => setHides(true)}>
            Hide
          </button>
          <button type="button" className="chip" aria-pressed={!hides} onClick={() => setHides(false)}>
            Bring back
          </button>
        </div>
        <Slider
          name="Brush"
          value={radius}
          min={0.01}
          max={0.2}
          step={0.01}
          say={(v) => `${Math.round(200 * v)} % of the photo wide`}
          onChange={setRadius}
        />
        <HideByChoice />
        <button
          type="button"
          className="chip"
          title="Hide what is seen, and show what is hidden"
          onClick={() => setMask(inverted(mask))}
        >
          Invert
        </button>
        <button type="button" className="chip" disabled={share === 0} onClick={() => setMask(openMask(photo.picture))}>
          <Icon name="close" /> Show all
        </button>
        <output className="faint small">{share > 0 ? `${percent(share)} of the photo is hidden` : ""}</output>
      </fieldset>
    </>
  );
}

const within = (v: number): number => Math.min(Math.max(v, 0), 1);
