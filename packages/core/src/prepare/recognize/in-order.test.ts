import { expect, it } from "vitest";
import { tensor } from "../../graph/tensor.js";
import { recognized } from "../../testing/recognized.js";

it.each<[string, number[], number[], string[]]>([
  ["of everything in its order is a reshape", [1, 4], [0, 1, 2, 3], ["Reshape"]],
  ["in the shape of its input is nothing", [4], [0, 1, 2, 3], []],
  ["in another order stays", [4], [0, 2, 1, 3], ["Gather"]],
  ["of a part stays", [3], [0, 1, 2], ["Gather"]],
])("a Gather %s", async (_, dims, positions, expected) => {
  const { operators } = await recognized([2, 4, 3], (net, x) =>
    net.node("Gather", "gather", [x, net.graph.addInitializer("positions", tensor("int64", dims, positions))], {
      axis: 1,
    }),
  );
  expect(operators).toEqual(expected);
});
