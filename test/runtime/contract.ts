import { describe, expect, it } from "vitest";
import { info, modelBytes, node, weightIn } from "../../packages/core/src/testing/small-models.js";
import { CHECKS, type ContractModels } from "./checks.js";

export const contractModels: ContractModels = {
  elementwise: modelBytes({
    input: [info("x", "float32", ["batch", 2])],
    output: [info("y"), info("z", "float32", ["batch", 2])],
    node: [node("Relu", ["x"], "y"), node("Neg", ["x"], "z")],
  }),
  types: modelBytes({
    input: [info("int", "int64", [2]), info("bool", "bool", [2]), info("half", "float16", [2])],
    output: [info("int_out"), info("bool_out"), info("half_out")],
    node: [
      node("Identity", ["int"], "int_out"),
      node("Identity", ["bool"], "bool_out"),
      node("Identity", ["half"], "half_out"),
    ],
  }),
  external: modelBytes({
    input: [info("x", "float32", [2])],
    output: [info("y", "float32", [2])],
    node: [node("Add", ["x", "weights"], "y")],
    initializer: [weightIn("weights.bin", "weights", [2], 4)],
  }),
};

/** Some hundred times what a check takes; a runtime that hangs is not waited for longer. */
const TIMEOUT = 20_000;

/**
 * What a runtime has to pass.
 * @param observe makes a check's observation, by the check's place in the list, where the runtime is
 */
export function runtimeContract(name: string, observe: (index: number) => Promise<unknown>): void {
  describe(name, () => {
    it.each(CHECKS.map((check, index) => ({ ...check, index })))(
      "$name",
      { timeout: TIMEOUT },
      async ({ index, expected }) => {
        expect(await observe(index)).toEqual(expected);
      },
    );
  });
}
