import { fiveNumbers, measures } from "@limn/core";
import type { JSX } from "preact";
import { MEASURE_NAMES } from "../evaluation/document.js";
import { Boxes } from "./charts.js";
import { type EvaluationContent, hasMeasure, mapsOf } from "./evaluation-content.js";

/** Of single values, not of means; measures of yes and no have none. */
export function Distributions(content: EvaluationContent): JSX.Element | null {
  const shown = MEASURE_NAMES.filter(
    (name) => hasMeasure(content, name) && name !== "pointing" && name !== "increaseInConfidence",
  );
  if (shown.length === 0) return null;
  return (
    <section>
      <h2>Distributions</h2>
      <p>
        Over pictures: each line goes from the lowest value to the highest; the box shows the quartiles and the median.
      </p>
      <div class="plots">
        {shown.map((name) => (
          <Boxes
            key={name}
            title={measures[name].title}
            range={measures[name].range}
            unit={measures[name].unit === "%" ? " %" : ""}
            rows={mapsOf(content).flatMap((method) => {
              const values = content.table.columns.get(method)?.get(name);
              return values?.some((v) => !Number.isNaN(v)) ? [{ name: method, numbers: fiveNumbers(values) }] : [];
            })}
          />
        ))}
      </div>
    </section>
  );
}
