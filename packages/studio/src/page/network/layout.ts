import { Graph, layout } from "@dagrejs/dagre";
import type { Network } from "@limn/core";
import { NODE } from "./node-size.js";

/** Asks for the layout of some of a network's nodes. */
export interface LayoutRequest {
  readonly id: number;
  readonly edges: Network["edges"];
  readonly indices: readonly number[];
}

export interface LayoutReply {
  readonly id: number;
  readonly layout: Layout;
}

/** Where the nodes of a stage are, and the lines between them. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By the node's index in the network: its upper left corner. */
  readonly at: ReadonlyMap<number, { readonly x: number; readonly y: number }>;
  readonly lines: readonly { readonly key: string; readonly path: string }[];
}

/**
 * Lays out some of a network's nodes from top to bottom. Of some hundred nodes, this takes longer than a page may stand still:
 * see `useLayout`.
 * @param indices of the nodes
 */
export function layoutOf(edges: Network["edges"], indices: readonly number[]): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 28, marginx: 2, marginy: 2 });
  graph.setDefaultEdgeLabel(() => ({}));
  const inside = new Set(indices);
  for (const index of indices) graph.setNode(String(index), { ...NODE });
  const shown = edges.filter(([from, to]) => inside.has(from) && inside.has(to));
  for (const [from, to] of shown) graph.setEdge(String(from), String(to));
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    at: new Map(
      indices.map((index) => {
        const { x, y } = graph.node(String(index));
        return [index, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
      }),
    ),
    lines: shown.map(([from, to]) => ({
      key: `${from} ${to}`,
      path: pathThrough(graph.edge(String(from), String(to)).points ?? []),
    })),
  };
}

const pathThrough = (points: readonly { readonly x: number; readonly y: number }[]): string =>
  points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
