import type { Call, MapWish, RandomizedMap, SanityStep } from "../../engine/engine.js";
import { MapCanvas } from "../canvas/MapCanvas.js";
import { useCall, useSubject } from "../engine/use-call.js";
import { useMaps } from "../maps/use-maps.js";
import type { Photo } from "../store/photos.js";
import { labelOf } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { MapCell } from "../why/MapCell.js";
import { Scale } from "../why/Scale.js";
import { Tiles } from "../why/Tiles.js";
import { mapName, methodName } from "../words/map-name.js";

/** From here on, the map of a random network counts as the same. */
const ALIKE = 0.7;

interface SanityPartProps {
  readonly photo: Photo;
  readonly wish: MapWish;
  readonly target: number;
}

/** The same map of networks that know less and less: a map that stays is about the photo, not about the model. */
export function SanityPart({ photo, wish, target }: SanityPartProps) {
  useMaps([{ wishes: [wish], targets: [target] }]);
  const { levels, total } = useSanity(wish, target);
  const model = useStudio((studio) => studio.model);
  const label = labelOf(model, target);
  const last = levels.at(-1);
  const isWhole = total !== undefined && levels.length === total;
  return (
    <>
      <p className="truth-verdict" aria-live="polite">
        {isWhole && last
          ? verdict(last, wish.method)
          : `Drawing random weights${total ? `, ${levels.length} of ${total}` : ""} …`}
        <span className="faint small">Weights are random from the layer that is named to the end.</span>
      </p>
      <Tiles shape={photo.picture.width / photo.picture.height}>
        {[
          <MapCell key="trained" photo={photo} wish={wish} target={target} title="method" />,
          ...levels.map(({ level, from, map, correlation }) => (
            <figure key={level} className="cell">
              <div className="cell-picture">
                <MapCanvas
                  photo={photo}
                  map={map.blank ? undefined : map}
                  name={`${mapName(wish.method, label, map.grid)}, with random weights in ${level}`}
                />
              </div>
              <figcaption>
                <div className="cell-title">
                  <span className="cell-name" title={level}>
                    {from}
                  </span>
                  <span
                    className="faint"
                    title={map.blank ?? "Spearman's rank correlation with the map of the trained network"}
                  >
                    {map.blank || Number.isNaN(correlation) ? "nothing" : `ρ ${correlation.toFixed(2)}`}
                  </span>
                </div>
                {!map.blank && <Scale map={map} />}
              </figcaption>
            </figure>
          )),
        ]}
      </Tiles>
    </>
  );
}

function verdict({ correlation }: RandomizedMap, method: string): string {
  const name = methodName(method);
  if (Number.isNaN(correlation))
    return `With all weights random, ${name} shows nothing: it depends on what the model has learned.`;
  const numbers = `rank correlation ${correlation.toFixed(2)}`;
  return Math.abs(correlation) >= ALIKE
    ? `With all weights random, ${name} still shows nearly the same (${numbers}): it says more about the photo than about the model.`
    : `With all weights random, ${name} shows something else (${numbers}): it depends on what the model has learned.`;
}

/** The maps of random networks, as they are made. */
function useSanity(wish: MapWish, target: number): { levels: readonly RandomizedMap[]; total: number | undefined } {
  const asked = useSubject();
  const { answer, steps } = useCall(
    asked && { ...asked, wish, target },
    (engine, { subject, wish, target }, call: Call<SanityStep>) => engine.sanity(subject, wish, target, call),
  );
  return { levels: answer ?? steps.map(({ level }) => level), total: answer?.length ?? steps[0]?.total };
}
