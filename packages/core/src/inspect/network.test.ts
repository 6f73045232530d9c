import { describe, expect, it } from "vitest";
import { ledgerOf } from "../check/ledger.js";
import { layersOf } from "../layers.js";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { residual } from "../testing/networks.js";
import { networkOf } from "./network.js";

describe("networkOf", () => {
  it("has the nodes from the image to the scores, in order, with the layers and stages that they are", async () => {
    const classifier = await classifierOf(residual());
    const { nodes, edges } = networkOf(classifier);
    expect(edges.every(([from, to]) => from < to && to < nodes.length)).toBe(true);
    // a sum of two branches is read by two edges
    const sum = nodes.findIndex(({ operator }) => operator === "Add");
    expect(edges.filter(([, to]) => to === sum)).toHaveLength(2);
    const layers = layersOf(classifier);
    expect(nodes.flatMap(({ layer }) => layer ?? [])).toEqual(layers.map(({ tensor }) => tensor));
    const staged = layers.filter(({ stage }) => stage !== undefined);
    for (const { tensor, stage } of staged) expect(nodes.find(({ layer }) => layer === tensor)?.stage).toBe(stage);
    expect(nodes.at(-1)?.stage).toBe("head");
  });

  it("names nodes as the ledger does", async () => {
    const classifier = await classifierOf(residual());
    const names = networkOf(classifier).nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const { entries } = await ledgerOf(classifier, runtime, noise(classifier.image.dims));
    expect(entries.map(({ node }) => node).filter((node) => !names.includes(node))).toEqual([]);
  });
});
