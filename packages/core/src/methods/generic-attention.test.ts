import { describe, it } from "vitest";
import { accumulated, expectRows, NETWORKS, raising } from "../testing/attention-twins.js";

// no peer: the authors' code is not a package; the definition is a few lines of matrices

describe.each(NETWORKS)("generic-attention of a network with %s", (...network) => {
  it.each([0, 2])("is its definition, from block %i on", (start) =>
    expectRows("generic-attention", { start }, network, (blocks) =>
      accumulated(blocks.slice(start).map(({ A, G }) => raising(A, G))),
    ),
  );
});
