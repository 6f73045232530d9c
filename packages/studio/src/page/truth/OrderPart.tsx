import { areaUnderCurve } from "@limn/core";
import { useDeferredValue, useMemo, useState } from "react";
import type { Call, CurveStep, Curves, MapWish } from "../../engine/engine.js";
import { useCall, useSubject } from "../engine/use-call.js";
import { madeMap } from "../maps/made-map.js";
import { useMap, useMaps } from "../maps/use-maps.js";
import { Slider } from "../parts/Slider.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { methodName } from "../words/map-name.js";
import { CurveChart } from "./CurveChart.js";
import { HideByChoice } from "./HideByChoice.js";
import { MaskedPhoto } from "./MaskedPhoto.js";
import { hiddenFirst, inverted, orderOf } from "./mask.js";
import { PhotoFrame } from "./PhotoFrame.js";
import { useHidden } from "./use-hidden.js";

interface OrderPartProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly target: number;
}

/** Hides, or shows, what a map shows, bit by bit: the score should change faster than in a random order. */
export function OrderPart({ photo, wish, target }: OrderPartProps) {
  const model = useStudio((studio) => studio.model);
  const by = useStudio((studio) => studio.hideBy);
  const [share, setShare] = useState(0.2);
  const [hides, setHides] = useState(true);
  useMaps([{ wishes: [wish], targets: [target] }]);
  const found = useMap(wish, target);
  // the places are put in order after what else there is to see is drawn
  const map = useDeferredValue(madeMap(found) ?? null, null);
  const order = useMemo(() => map && orderOf(map.grid, map.view, photo.picture), [map, photo]);
  const mask = useMemo(() => {
    const first = order && hiddenFirst(order, photo.picture, share);
    return first && !hides ? inverted(first) : first;
  }, [order, photo, share, hides]);
  useHidden(mask && share > 0 ? mask : undefined);
  const curves = useCurves(wish, target);
  if (found && "refused" in found) return <p className="faint">{found.refused}</p>;

  const label = labelOf(model, target);
  const words = hides ? "hidden" : "shown";
  const byMap = (hides ? curves?.deletion : curves?.insertion) ?? [];
  const random = (hides ? curves?.randomDeletion : curves?.randomInsertion) ?? [];
  const isWhole = curves !== undefined && random.length === curves.shares.length;
  const areas = isWhole ? ([byMap, random].map(areaUnderCurve) as [number, number]) : undefined;
  const said = areas && verdict(areas, hides, label);
  return (
    <div className="truth-order">
      <PhotoFrame photo={photo}>
        {mask && (
          <MaskedPhoto
            photo={photo}
            mask={mask}
            by={by}
            name={`${photo.name}, ${Math.round(100 * share)} % ${words}`}
          />
        )}
      </PhotoFrame>
      <section className="truth-curves" aria-label="Curves">
        <fieldset className="look-bar" aria-label="Order">
          <div className="either">
            <button type="button" className="chip" aria-pressed={hides} onClick={() => setHides(true)}>
              Hide first what counts
            </button>
            <button type="button" className="chip" aria-pressed={!hides} onClick={() => setHides(false)}>
              Show first what counts
            </button>
          </div>
        </fieldset>
        <CurveChart
          shares={curves?.shares ?? []}
          byMap={byMap}
          random={random}
          at={share}
          axis={`share of the photo that is ${words}`}
          score={`score of ${label}`}
          name={`The score of ${label} as more of the photo is ${words}. ${said ?? "It is being measured."}`}
          onPick={setShare}
        />
        <p className="chart-legend">
          <span data-line="map">in the order of {methodName(wish.method)}</span>
          <span data-line="random">in a random order</span>
        </p>
        <Slider
          name={hides ? "Hidden" : "Shown"}
          value={share}
          say={(v) => `${Math.round(100 * v)} % of the photo`}
          onChange={setShare}
        />
        <p className="truth-verdict" aria-live="polite">
          {said ?? "Measuring …"}
        </p>
        <HideByChoice />
      </section>
    </div>
  );
}

/** What the areas under both curves say, in words. @param areas by the map, and in a random order */
function verdict([map, random]: readonly [number, number], hides: boolean, label: string): string {
  const numbers = `${hides ? "deletion" : "insertion"} AUC ${map.toFixed(3)}, in a random order ${random.toFixed(3)}`;
  const gain = hides ? random - map : map - random;
  if (Math.abs(gain) < 0.02) return `No different from a random order: ${numbers}.`;
  if (gain < 0) return `Worse than a random order: ${numbers}. The map misses what ${label} is recognized by.`;
  return `What the map shows counts for ${label}: ${numbers}.`;
}

/** The curves of a map, as they are measured. */
function useCurves(wish: MapWish, target: number): Curves | undefined {
  const asked = useSubject();
  const by = useStudio((studio) => studio.hideBy);
  const { answer, steps } = useCall(
    asked && { ...asked, wish, target, by },
    (engine, { subject, wish, target, by }, call: Call<CurveStep>) => engine.curves(subject, wish, target, by, call),
  );
  return answer ?? steps.at(-1)?.curves;
}
