import type { Ledger, Network, NetworkNode } from "@limn/core";

/** A node with its index in the network, and what the ledger says of it. */
export interface NodeInBooks extends NetworkNode {
  readonly index: number;
  /** The relevance of its output, as a share of the explained score; undefined if the ledger does not know the node. */
  readonly given: number | undefined;
  /** The part of the score that biases had a share of here, and that was spread over the inputs. */
  readonly spread: number;
  /** The part of the score that stays here. */
  readonly kept: number;
  /** The rule by which it passes relevance on. */
  readonly rule: string | undefined;
}

/** A part of a network of one resolution. */
export interface StageInBooks {
  readonly name: string;
  readonly nodes: readonly NodeInBooks[];
  readonly spread: number;
  readonly kept: number;
}

/** The stages of a network, from the image to the scores, with where relevance goes. @param ledger undefined as long as there is none */
export function stagesOf({ nodes }: Network, ledger: Ledger | undefined): StageInBooks[] {
  const entries = new Map(ledger?.entries.map((entry) => [entry.node, entry]));
  const start = ledger?.start || 1;
  const stages = new Map<string, NodeInBooks[]>();
  nodes.forEach((node, index) => {
    const entry = entries.get(node.name);
    const inBooks = {
      ...node,
      index,
      given: entry && entry.given / start,
      spread: (entry?.spread ?? 0) / start,
      kept: entry ? (entry.bias + entry.stabilizer) / start : 0,
      rule: entry?.rule,
    };
    stages.set(node.stage, [...(stages.get(node.stage) ?? []), inBooks]);
  });
  return [...stages].map(([name, inStage]) => ({
    name,
    nodes: inStage,
    spread: total(inStage.map(({ spread }) => spread)),
    kept: total(inStage.map(({ kept }) => kept)),
  }));
}

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);
