import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onnxRuntime } from "@limn/node";
import { expect, it } from "vitest";
import { CHECKS } from "./checks.js";
import { contractModels, runtimeContract } from "./contract.js";

const runtime = onnxRuntime({ threads: 1 });

runtimeContract("onnxruntime-node", async (index) => CHECKS[index]?.observe(runtime, contractModels));

it("onnxruntime-node reads weights from a folder itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "limn-weights-"));
  try {
    writeFileSync(join(folder, "weights.bin"), Float32Array.of(99, 10, 20, 99));
    const session = await runtime.createSession(contractModels.external, { weights: { folder } });
    const x = { dtype: "float32", dims: [2], data: Float32Array.of(1, 2) } as const;
    const { y } = await session.run({ x }, ["y"]);
    expect(y?.data).toEqual(Float32Array.of(11, 22));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
