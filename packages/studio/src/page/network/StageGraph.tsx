import type { Network } from "@limn/core";
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { percent } from "../words/numbers.js";
import { NODE } from "./node-size.js";
import type { NodeInBooks, StageInBooks } from "./stages.js";
import { useLayout } from "./use-layout.js";

interface StageGraphProps {
  readonly network: Network;
  readonly stage: StageInBooks;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** The nodes of a stage, from the image's side at the top downwards. Arrows go from node to node. */
export function StageGraph({ network, stage, chosen, onChoose }: StageGraphProps) {
  const { nodes } = stage;
  const said = nodes.map(({ index }) => index).join(" ");
  const indices = useMemo(() => said.split(" ").map(Number), [said]);
  const layout = useLayout(network, indices);
  const frame = useRef<HTMLDivElement>(null);
  const byKey = useRef(false);
  const show = (index: number, focuses: boolean) => {
    const element = frame.current?.querySelector<HTMLElement>(`[data-node="${index}"]`);
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focuses) element?.focus({ preventScroll: true });
  };
  useEffect(() => {
    show(chosen, byKey.current);
    byKey.current = false;
  });
  const onKey = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const next = step && nodes[nodes.findIndex(({ index }) => index === chosen) + step];
    if (!next) return;
    event.preventDefault();
    byKey.current = true;
    onChoose(next.index);
  };
  if (!layout) return <div ref={frame} className="network-graph" aria-busy="true" />;
  const { width, height, at, lines } = layout;
  const current = nodes.some(({ index }) => index === chosen) ? chosen : nodes[0]?.index;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows lead from one of its buttons to the next
    <div ref={frame} className="network-graph" onKeyDown={onKey}>
      <ol style={{ width, height }} aria-label={`Nodes of ${stage.name}`}>
        {nodes.map((node) => (
          <li key={node.index} style={placeOf(at.get(node.index))}>
            <button
              type="button"
              className="network-node"
              data-node={node.index}
              data-layer={node.layer !== undefined || undefined}
              aria-pressed={node.index === chosen}
              tabIndex={node.index === current ? 0 : -1}
              onClick={() => onChoose(node.index)}
            >
              <span className="network-operator">{node.operator}</span>{" "}
              <span className="network-share">{node.given === undefined ? "" : percent(node.given)}</span>{" "}
              <span className="network-name">{node.name}</span>
              <span className="unseen">, {inWords(node)}</span>
              <span className="network-flow" style={flowOf(node)} />
            </button>
          </li>
        ))}
      </ol>
      <svg width={width} height={height} aria-hidden="true">
        {lines.map(({ key, path }) => (
          <path key={key} d={path} />
        ))}
      </svg>
    </div>
  );
}

const placeOf = (at: { readonly x: number; readonly y: number } | undefined): CSSProperties => ({
  left: at?.x ?? 0,
  top: at?.y ?? 0,
  ...NODE,
});

/** How much passes, and how much of that biases had a share of, as shares of the node's width. */
function flowOf({ given = 0, spread }: NodeInBooks): CSSProperties {
  const whole = Math.min(Math.abs(given), 1);
  return { "--given": whole, "--spread": Math.min(Math.abs(spread), whole) } as CSSProperties;
}

/** What is seen of a node's bar, in words. */
function inWords({ given, spread, layer }: NodeInBooks): string {
  const books =
    given === undefined
      ? "no relevance is known"
      : `relevance that passes, as a share of the score; biases had a share of ${percent(Math.abs(spread))}`;
  return `${books}${layer === undefined ? "" : "; shows the map here"}`;
}
