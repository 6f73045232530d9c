import { describe, it } from "vitest";
import { accumulated, expectRows, NETWORKS, raising } from "../testing/attention-twins.js";

// no peer: the authors' code is not a package, and scales residual sums in a way of its own

describe.each(NETWORKS)("transformer-attribution of a network with %s", (...network) => {
  it.each([0, 2])("is its definition, from block %i on", (start) =>
    expectRows("transformer-attribution", { start }, network, (blocks) =>
      accumulated(blocks.slice(start).map(({ R, G }) => raising(R, G))),
    ),
  );
});
