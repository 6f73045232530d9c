import type { ColorMapName, Range } from "@limn/core";
import { numberInWords } from "@limn/node/internal";
import type { JSX } from "preact";

/** The colors of a map, with the values that their ends stand for. */
export const ColorBar = ({ colors, range }: { readonly colors: ColorMapName; readonly range: Range }): JSX.Element => (
  <>
    <div class={`bar ${colors}`} />
    <div class="ends">
      <span>{numberInWords(range.low)}</span>
      <span>
        {range.clipped && ">"}
        {numberInWords(range.high)}
      </span>
    </div>
  </>
);
