import { COLOR_MAPS, type ColorMapName, enlarged, type PictureSize, type Rectangle } from "@limn/core";
import { useMemo } from "react";
import type { StudioMap } from "../../engine/engine.js";
import { boxIou } from "../maps/box.js";
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
export default function LookBar() {
  const opacity = useStudio((studio) => studio.opacity);
  const threshold = useStudio((studio) => studio.threshold);
  const colors = useStudio((studio) => studio.colors);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const bare = useStudio((studio) => studio.bare);
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
      <button
        type="button"
        className="chip"
        aria-pressed={bare}
        title="Show the photo without its maps"
        onClick={() => setLook({ bare: !bare })}
      >
        Photo only
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
        <button type="button" className="button quiet" title="Show all of the photo" onClick={() => setZoom(WHOLE)}>
          <span>
            {Math.round(100 * zoom.scale)} %<span className="unseen">, show all of the photo</span>
          </span>
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

/** How much of the first map lies above the threshold, and how well that fits the box that was drawn. */
function Inside() {
  const threshold = useStudio((studio) => studio.threshold);
  const [method] = useStudio((studio) => studio.methods);
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const layer = useStudio((studio) => studio.layer);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const colors = useStudio((studio) => studio.colors);
  const box = useStudio((studio) => studio.box);
  const target = useStudio(shownTarget);
  const map = useMap(method === undefined ? undefined : wishFor(method, { model, layer, bothSigns }), target);
  const inside = useMemo(() => {
    if (!map || !("grid" in map) || threshold === 0) return undefined;
    const level = levelOf(scaleOf(map, { colors }), threshold);
    return { ...insideOf(map.shown, level), iou: box && photo && boxIouOf(map, photo.picture, box, level) };
  }, [map, photo, threshold, colors, box]);
  return (
    <output className="faint small inside">
      {inside && `${inPercent(inside.mass)} of the map in ${inPercent(inside.area)} of the photo`}
      {inside?.iou !== undefined && `, IoU with the box ${inside.iou.toFixed(2)}`}
      {!inside && box && "raise the threshold to compare with the box"}
    </output>
  );
}

/** How finely a map and a box are compared, along the photo's longer side. */
const FINE = 256;

/** On the map as it is drawn: one cell of a coarse map would be too large to compare. */
function boxIouOf({ shown, view }: StudioMap, { width, height }: PictureSize, box: Rectangle, level: number): number {
  const unit = FINE / Math.max(width, height);
  const size = { width: Math.max(1, Math.round(width * unit)), height: Math.max(1, Math.round(height * unit)) };
  const photo = { x: 0, y: 0, width, height };
  return boxIou({ ...size, data: enlarged(shown, view, photo, size) }, photo, box, level);
}
