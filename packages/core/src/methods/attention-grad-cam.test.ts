import { describe, expect, it } from "vitest";
import { BLOCKS, blockOf, expectClose, type Matrix, mean, NETWORKS, shown } from "../testing/attention-twins.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { transformer } from "../testing/transformer.js";

// no peer: the authors' code is not a package; the definition is a few lines of matrices

describe.each(NETWORKS)("attention-grad-cam of a network with %s", (_, options, { row, before }) => {
  it("is its definition", async () => {
    const classifier = await classifierOf(transformer({ blocks: BLOCKS, ...options }));
    const rowsOf = (heads: readonly Matrix[]) => heads.map((head) => shown(head, row, before));
    const largest: number[] = [];
    for (const target of [0, 1, 2]) {
      const { A, G } = await blockOf(classifier, BLOCKS - 1, target);
      const [map] = await mapsOf(classifier, ["attention-grad-cam"], noise(classifier.image.dims), target);
      const weights = rowsOf(G).map(mean);
      const rows = rowsOf(A);
      const expected = (rows[0] as number[]).map((_, j) =>
        Math.max(0, mean(rows.map((a, h) => (weights[h] as number) * (a[j] as number)))),
      );
      expectClose(map?.values, expected);
      largest.push(...expected);
    }
    expect(Math.max(...largest)).toBeGreaterThan(0);
  });
});
