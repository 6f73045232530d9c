import { describe, expect, it } from "vitest";
import { attentionsOf } from "./attention.js";
import { classifierOf } from "./testing/explaining.js";
import { residual } from "./testing/networks.js";
import { transformer } from "./testing/transformer.js";

describe("the attentions of a network", () => {
  it("are found in order, with their weights and values", async () => {
    const found = attentionsOf(await classifierOf(transformer({ blocks: 2 })));
    expect(found.map(({ A }) => A.dims)).toEqual([
      [1, 2, 5, 5],
      [1, 2, 5, 5],
    ]);
    expect(found.map(({ V }) => V.dims)).toEqual([
      [1, 2, 5, 4],
      [1, 2, 5, 4],
    ]);
    expect(found.map(({ product }) => product.name)).toEqual(["block0.attention.mix", "block1.attention.mix"]);
  });

  it("are none in a network of convolutions", async () => {
    expect(attentionsOf(await classifierOf(residual()))).toEqual([]);
  });
});
