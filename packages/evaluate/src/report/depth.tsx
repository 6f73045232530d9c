import { type Estimate, type MeasureName, measures } from "@limn/core";
import type { JSX } from "preact";
import { MEASURE_NAMES } from "../evaluation/document.js";
import { type StagedMaps, stagedMaps, stagedName } from "../evaluation/stages.js";
import { heat, Lines } from "./charts.js";
import { digitsOf, type EvaluationContent, hasMeasure, mapsOf } from "./evaluation-content.js";
import { HeatKey, NamedTable, named } from "./named-table.js";

/** Measures by stage, if maps were made at several. */
export function Depth(content: EvaluationContent): JSX.Element | null {
  const { methods, shattering } = content.document;
  const staged = stagedMaps(mapsOf(content));
  const measured = staged ? MEASURE_NAMES.filter((name) => hasMeasure(content, name)) : [];
  if (!staged && !shattering) return null;
  return (
    <section>
      <h2>Depth</h2>
      <div class="plots">
        {staged &&
          measured.map((measure) => (
            <Lines
              key={measure}
              title={measures[measure].title}
              stages={staged.stages}
              lines={staged.methods.map((name) => ({
                name,
                points: staged.stages.map((stage) => methods[stagedName(name, stage)]?.[measure] ?? undefined),
              }))}
            />
          ))}
        {shattering && (
          <Lines
            title="Gradient shattering: correlation of neighboring gradients"
            stages={Object.keys(shattering)}
            lines={[{ name: "gradient of the explained class", points: Object.values(shattering) }]}
          />
        )}
      </div>
      {staged && (
        <details>
          <summary>The same as tables</summary>
          {measured.map((measure) => (
            <StageTable key={measure} measure={measure} staged={staged} methods={methods} />
          ))}
        </details>
      )}
    </section>
  );
}

function StageTable(props: {
  readonly measure: MeasureName;
  readonly staged: StagedMaps;
  readonly methods: EvaluationContent["document"]["methods"];
}): JSX.Element {
  const { measure, staged, methods } = props;
  return (
    <NamedTable
      caption={measures[measure].title}
      corner="method"
      columns={named(staged.stages)}
      rows={named(staged.methods)}
      cell={({ name: method }, { name: stage }) => (
        <td key={stage}>{methods[stagedName(method, stage)]?.[measure]?.mean.toFixed(digitsOf(measure)) ?? "–"}</td>
      )}
    />
  );
}

/** How little maps depend on what the network has learned. */
export function Sanity({ document }: EvaluationContent): JSX.Element | null {
  const { sanity } = document;
  const [first] = Object.values(sanity ?? {});
  if (!sanity || !first) return null;
  const layers = Object.keys(first);
  const [{ n = 0 } = {}] = Object.values(first);
  return (
    <section>
      <h2>Sanity</h2>
      <p>A method that stays near 1 says little about what the network has learned (Adebayo et al. 2018).</p>
      <NamedTable
        kind="heat"
        caption={`Rank correlation of each map with the map of the same network with random weights in the layers from the class scores down to the column's layer; means over ${n} pictures`}
        corner="map"
        columns={named(layers)}
        rows={named(Object.keys(sanity))}
        cell={({ name: map }, { name: layer }) => <Similarity key={layer} estimate={sanity[map]?.[layer]} />}
      />
      <HeatKey low="0" high="1" />
    </section>
  );
}

function Similarity({ estimate }: { readonly estimate: Estimate | undefined }): JSX.Element {
  if (!estimate || estimate.n === 0) return <td>–</td>;
  const { mean, low, high } = estimate;
  return (
    <td style={heat(mean)} title={`${low.toFixed(2)} to ${high.toFixed(2)}`}>
      {mean.toFixed(2)}
    </td>
  );
}
