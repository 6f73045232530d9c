import { COLOR_MAPS, type ColorMapName } from "@limn/core";
import { useMemo } from "react";
import { insideOf } from "../maps/inside.js";
import { useMap } from "../maps/use-maps.js";
import { zoomedAt } from "../maps/zoomed.js";
import { levelOf, scaleOf } from "../paint/paint.js";
import { Icon } from "../parts/Icon.js";
import { Slider } from "../parts/Slider.js";
import { WHOLE } from "../store/look.js";
import { shownTarget, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";

const inPercent = (share: number) => `${Math.round(100 * share)} %`;

/** How the maps are looked at. */
export function LookBar() {
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const zoom = useStudio((studio) => studio.zoom);
  const { setLook, setZoom } = useStudio.getState();
  return (
    <fieldset className="look-bar" aria-label="Looks">
      <Slider name="Opacity" value={opacity} say={inPercent} onChange={(value) => setLook({ opacity: value })} />
      <div className="threshold">
        <Slider
          name="Threshold"
          value={threshold}
          max={0.95}
          say={(v) => `${inPercent(v)} of the largest value`}
          onChange={(value) => setLook({ threshold: value })}
        />
        <Inside />
      </div>
      <label className="look-choice">
        <span className="faint">Colors</span>
        <select
          className="input select"
          value={colors ?? "usual"}
          onChange={({ target: { value } }) =>
            setLook({ colors: value === "usual" ? undefined : (value as ColorMapName) })
          }
        >
          <option value="usual">usual</option>
          {COLOR_MAPS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="chip"
        aria-pressed={bothSigns}
        title="Show what speaks against the class too, in blue"
        onClick={() => setLook({ bothSigns: !bothSigns })}
      >
        For and against
      </button>
      <fieldset className="zoom" aria-label="Zoom">
        <button
          type="button"
          className="button quiet icon"
          aria-label="Zoom out"
          disabled={zoom.scale === 1}
          onClick={() => setZoom(zoomedAt(zoom, 1 / 1.5, zoom))}
        >
          <Icon name="zoomOut" />
        </button>
        <button
          type="button"
          className="button quiet"
          aria-label="Show all of the photo"
          onClick={() => setZoom(WHOLE)}
        >
          {Math.round(100 * zoom.scale)} %
        </button>
        <button
          type="button"
          className="button quiet icon"
          aria-label="Zoom in"
          onClick={() => setZoom(zoomedAt(zoom, 1.5, zoom))}
        >
          <Icon name="zoomIn" />
        </button>
      </fieldset>
    </fieldset>
  );
}

/** How much of the first map lies above the threshold. */
function Inside() {
  const threshold = useStudio((studio) => studio.threshold);
  const [method] = useStudio((studio) => studio.methods);
  const model = useStudio((studio) => studio.model);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const colors = useStudio((studio) => studio.colors);
  const target = useStudio(shownTarget);
  const map = useMap(method === undefined ? undefined : wishFor(method, { model, layer, bothSigns }), target);
  const inside = useMemo(
    () =>
      map && "grid" in map && threshold > 0
        ? insideOf(map.shown, levelOf(scaleOf(map, { colors }), threshold))
        : undefined,
    [map, threshold, colors],
  );
  return (
    <output className="faint small inside">
      {inside && `${inPercent(inside.mass)} of the map in ${inPercent(inside.area)} of the photo`}
    </output>
  );
}
