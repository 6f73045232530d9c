import type { ColorMapName } from "@limn/core";
import { useEffect, useMemo, useRef } from "react";
import type { StudioMap } from "../../engine/engine.js";
import { valueAt } from "../maps/value-at.js";
import { colorsOf, type PaintedMap, scaleOf } from "../paint/paint.js";
import { stopsOf } from "../paint/stops.js";
import { useStudio } from "../store/studio.js";
import { brief } from "../words/numbers.js";

type ScaledMap = PaintedMap & Pick<StudioMap, "grid">;

/** What the colors of a map stand for, and the value that is pointed at. */
export function Scale({ map }: { readonly map: ScaledMap }) {
  const colors = useStudio((studio) => studio.colors);
  const { gradient, range } = useMemo(
    () => ({ gradient: gradientOf(colorsOf(map, { colors })), range: scaleOf(map, { colors }) }),
    [map, colors],
  );
  const bar = useRef<HTMLDivElement>(null);
  const value = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const follow = ({ pointer }: { pointer: { x: number; y: number } | undefined }) => {
      if (!bar.current || !value.current) return;
      const v = pointer && valueAt(map.grid, map.view, pointer);
      value.current.textContent = v === undefined ? "" : brief(v);
      const share = v === undefined ? 0 : (v - range.low) / (range.high - range.low || 1);
      bar.current.style.setProperty("--at", `${100 * Math.min(Math.max(share, 0), 1)}%`);
      bar.current.toggleAttribute("data-pointed", v !== undefined);
    };
    follow(useStudio.getState());
    return useStudio.subscribe(follow);
  }, [map, range]);
  return (
    <div className="scale">
      <span className="scale-end">{brief(range.low)}</span>
      <div ref={bar} className="scale-bar" style={{ background: gradient }} />
      <span className="scale-end">
        {range.clipped ? "> " : ""}
        {brief(range.high)}
      </span>
      <span ref={value} className="scale-value" />
    </div>
  );
}

const gradientOf = (colors: ColorMapName): string => `linear-gradient(to right, ${stopsOf(colors).join(", ")})`;
