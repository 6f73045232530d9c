import type { Ledger, Network } from "@limn/core";
import { type CSSProperties, type ReactNode, useMemo } from "react";
import { useMaps } from "../maps/use-maps.js";
import { useShown } from "../maps/use-shown.js";
import type { StudioModel } from "../store/model.js";
import type { Photo } from "../store/photos.js";
import { labelOf, shownTarget, wishFor } from "../store/question.js";
import { useStudio } from "../store/studio.js";
import { MapCell } from "../why/MapCell.js";
import { percent } from "../words/numbers.js";
import { StageGraph } from "./StageGraph.js";
import { type NodeInBooks, type StageInBooks, stagesOf } from "./stages.js";
import { useLedger, useNetwork } from "./use-books.js";
import "./network.css";

/** The network by stages: how much relevance passes each node, what biases had of it, and the map at any layer. */
export default function NetworkView() {
  const model = useStudio((studio) => studio.model);
  const photo = useStudio((studio) => studio.photo);
  const target = useStudio(shownTarget);
  const network = useNetwork();
  const ledger = useLedger(target);
  if (!model || !photo || target === undefined) return null;
  return (
    <>
      <header className="question">
        <h1>
          Which way does <em>{labelOf(model, target)}</em> go?
        </h1>
        <p className="faint" aria-live="polite">
          {ledger === undefined ? "following the relevance …" : typeof ledger === "string" ? ledger : arrivalIn(ledger)}
        </p>
      </header>
      {network && (
        <Stages
          model={model}
          photo={photo}
          target={target}
          network={network}
          ledger={typeof ledger === "string" ? undefined : ledger}
        />
      )}
    </>
  );
}

const arrivalIn = ({ start, end }: Ledger): string =>
  `${percent(end / start)} of the score arrives at the image, by LRP; relevance goes upwards, from the scores to the image`;

interface StagesProps {
  readonly model: StudioModel;
  readonly photo: Photo;
  readonly target: number;
  readonly network: Network;
  readonly ledger: Ledger | undefined;
}

function Stages({ model, photo, target, network, ledger }: StagesProps) {
  const stages = useMemo(() => stagesOf(network, ledger), [network, ledger]);
  const usual = useMemo(() => usualNode(model, network), [model, network]);
  const chosen = useStudio((studio) => studio.node);
  const chooseNode = useStudio((studio) => studio.chooseNode);
  const nodes = stages.flatMap((one) => one.nodes);
  const node = nodes.find(({ index }) => index === chosen) ?? nodes.find(({ index }) => index === usual);
  const stage = stages.find(({ name }) => name === node?.stage) ?? stages[0];
  const most = Math.max(0.01, ...stages.map(({ spread }) => Math.abs(spread)));
  if (!stage) return null;
  return (
    <div className="network">
      <ol className="network-stages" aria-label="Stages">
        {stages.map((one) => (
          <li key={one.name}>
            <button
              type="button"
              className="network-stage"
              aria-pressed={one.name === stage.name}
              onClick={() => chooseNode(lastOf(one))}
            >
              <span className="cell-name">{one.name}</span>
              <span className="faint small">{nodesIn(one)}</span>
              <span className="network-spread" style={{ "--share": Math.abs(one.spread) / most } as CSSProperties} />
              <span className="faint small">{ledger ? `biases ${percent(Math.abs(one.spread))}` : "…"}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="chart-legend network-legend">
        <span data-line="given">relevance that passes, as a share of the score</span>
        <span data-line="spread">what biases had of it, spread over the inputs</span>
      </p>
      <StageGraph key={stage.name} network={network} stage={stage} chosen={node?.index ?? -1} onChoose={chooseNode} />
      {node && <AtNode model={model} photo={photo} target={target} node={node} />}
    </div>
  );
}

const nodesIn = ({ nodes }: StageInBooks): string => `${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}`;

/** The last node of a stage at which a map is made, or its last node. */
const lastOf = ({ nodes }: StageInBooks): number => (nodes.findLast(({ layer }) => layer) ?? nodes.at(-1))?.index ?? 0;

/** The node that gives the default layer. */
function usualNode(model: StudioModel, { nodes }: Network): number {
  const usual = model.layers.find(({ isDefault }) => isDefault)?.tensor;
  const at = nodes.findIndex(({ layer }) => layer !== undefined && layer === usual);
  return at >= 0 ? at : nodes.length - 1;
}

interface AtNodeProps {
  readonly model: StudioModel;
  readonly photo: Photo;
  readonly target: number;
  readonly node: NodeInBooks;
}

/** The map at a node, and what the books say of it. */
function AtNode({ model, photo, target, node }: AtNodeProps) {
  const chosen = useStudio(({ methods }) => methods[0]);
  const bothSigns = useStudio((studio) => studio.bothSigns);
  const fits = model.methods.filter(
    ({ usesLayer, refused, manyRuns }) => usesLayer === true && refused === null && !manyRuns,
  );
  const method = fits.some((one) => one.method === chosen) ? chosen : fits[0]?.method;
  const wish =
    method !== undefined && node.layer !== undefined
      ? wishFor(method, { model, layer: node.layer, bothSigns })
      : undefined;
  useMaps(wish ? [{ wishes: [wish], targets: [target] }] : []);
  useShown(wish ? [{ kind: "photo" }, { kind: "map", wish, target }] : []);
  return (
    <aside className="network-node-facts" aria-label={node.name}>
      {wish ? (
        <MapCell photo={photo} wish={wish} target={target} title="method" />
      ) : (
        <p className="network-none faint">No map is made at this node: its output is no grid of places.</p>
      )}
      <dl>
        <Fact name="Node">{node.name}</Fact>
        <Fact name="Operator">{node.operator}</Fact>
        {node.shape.length > 0 && <Fact name="Output">{node.shape.join(" × ")}</Fact>}
        {node.rule && <Fact name="Rule">{node.rule}</Fact>}
        {node.given !== undefined && <Fact name="Relevance that passes">{percent(node.given)} of the score</Fact>}
        {node.given !== undefined && (
          <Fact name="Biases had a share of">{percent(Math.abs(node.spread))}, spread over what its inputs get</Fact>
        )}
        {Math.abs(node.kept) >= 0.001 && <Fact name="Stays here">{percent(node.kept)}</Fact>}
      </dl>
    </aside>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="faint">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
