import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import type { ReactNode } from "react";

interface RowsInSightProps {
  readonly count: number;
  /** Of a row, in pixels. */
  readonly height: number;
  /** What scrolls; null until it is there. */
  readonly scroller: HTMLElement | null;
  /** The row that keys are at, which is always there. */
  readonly current: number;
  readonly children: (index: number) => ReactNode;
}

/** Of many rows, those that can be seen. */
export default function RowsInSight({ count, height, scroller, current, children }: RowsInSightProps) {
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller,
    estimateSize: () => height,
    overscan: 6,
    rangeExtractor: (range) => [...new Set([...defaultRangeExtractor(range), current])].sort((a, b) => a - b),
  });
  return rows.getVirtualItems().map(({ index }) => children(index));
}
