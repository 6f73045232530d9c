import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

interface CurveChartProps {
  readonly shares: readonly number[];
  /** The score in the order of the map, and in a random order; shorter than `shares` while they are made. */
  readonly byMap: readonly number[];
  readonly random: readonly number[];
  /** The share that is looked at. */
  readonly at: number;
  /** What stands below the chart. */
  readonly axis: string;
  /** What stands on its left. */
  readonly score: string;
  /** What a screen reader says of it. */
  readonly name: string;
  readonly onPick: (share: number) => void;
}

const HEIGHT = 240;
const FONT = "12px Inter, system-ui, sans-serif";

/** A color of the page as it is now. */
const color = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** How a score changes as more and more of the photo is hidden or shown. */
export function CurveChart({ shares, byMap, random, at, axis, score, name, onPick }: CurveChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const marked = useRef(at);
  const pick = useRef(onPick);
  pick.current = onPick;

  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const axes = {
      stroke: color("faint"),
      grid: { stroke: color("line"), width: 1 },
      ticks: { show: false },
      font: FONT,
      labelFont: FONT,
    };
    const plot = new uPlot(
      {
        width: current.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, points: { size: 7 } },
        scales: { x: { time: false, range: [0, 1] } },
        series: [
          {},
          { stroke: color("accent"), width: 2.5, points: { show: false } },
          { stroke: color("faint"), width: 1.5, dash: [5, 4], points: { show: false } },
        ],
        axes: [
          {
            ...axes,
            label: axis,
            labelSize: 20,
            size: 32,
            values: (_, ticks) => ticks.map((v) => `${Math.round(100 * v)} %`),
          },
          { ...axes, label: score, labelSize: 20, size: 40 },
        ],
        hooks: {
          draw: [
            (u) => {
              const x = Math.round(u.valToPos(marked.current, "x", true));
              u.ctx.strokeStyle = color("ink")();
              u.ctx.lineWidth = devicePixelRatio;
              u.ctx.setLineDash([]);
              u.ctx.beginPath();
              u.ctx.moveTo(x, u.bbox.top);
              u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
              u.ctx.stroke();
            },
          ],
        },
      },
      [[], [], []],
      current,
    );
    chart.current = plot;
    const onClick = (event: MouseEvent) => {
      const { left } = plot.over.getBoundingClientRect();
      pick.current(Math.min(Math.max(plot.posToVal(event.clientX - left, "x"), 0), 1));
    };
    plot.over.addEventListener("click", onClick);
    const observer = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height: HEIGHT }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [axis, score]);

  useEffect(() => {
    const full = (scores: readonly number[]) => shares.map((_, i) => scores[i] ?? null);
    chart.current?.setData([[...shares], full(byMap), full(random)]);
  }, [shares, byMap, random]);

  useEffect(() => {
    marked.current = at;
    chart.current?.redraw(false);
  }, [at]);

  return <div ref={frame} className="curve-chart" role="img" aria-label={name} />;
}
