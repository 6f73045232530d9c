import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { differentiate, encodeModel, openSession } from "@limn/core";
import { makeFolder, onnxRuntime, readModelFile, weightReader, writeFileAtomically } from "@limn/node";

const runtime = onnxRuntime();
const source = readModelFile(fileURLToPath(new URL("loss.onnx", import.meta.url)));
const model = await differentiate(source, runtime, {
  of: "loss",
  by: ["x", "table", "W"],
  // the file leaves the batch open
  inputShapes: { user: [2], x: [2, 3], rating: [2] },
});

const float32 = (dims, data) => ({ dtype: "float32", dims, data: Float32Array.from(data) });
const x = [0.5, -1, 0.2, 1.5, 0.3, -0.7];
const feeds = {
  user: { dtype: "int64", dims: [2], data: BigInt64Array.of(3n, 0n) },
  x: float32([2, 3], x),
  rating: float32([2], [1, -0.5]),
};
const session = await openSession(model, runtime, { weights: source.weights });
const found = await session.run(feeds, ["loss", ...Object.values(model.gradients)]);
console.log(`loss ${found.loss.data[0].toFixed(4)}`);
for (const [name, output] of Object.entries(model.gradients)) {
  console.log(`by ${name} [${found[output].dims}]: ${Array.from(found[output].data, (v) => v.toFixed(3)).join(" ")}`);
}

// the same by small steps: d loss / d x_i = (loss(x + h e_i) - loss(x - h e_i)) / 2h
const h = 1e-2;
const lossAt = async (i, step) => {
  const moved = float32(
    [2, 3],
    x.map((v, k) => (k === i ? v + step : v)),
  );
  return (await session.run({ ...feeds, x: moved }, ["loss"])).loss.data[0];
};
let largest = 0;
for (const [i, slope] of found["gradient/x"].data.entries()) {
  const difference = ((await lossAt(i, h)) - (await lossAt(i, -h))) / (2 * h);
  largest = Math.max(largest, Math.abs(slope - difference));
}
await session.release();
if (!(largest < 1e-3)) throw new Error(`the gradient by x differs from small steps by ${largest}`);
console.log("the gradient by x is what small steps do to the loss");

// a file of its own, for any ONNX Runtime
await makeFolder("limn-out");
const bytes = encodeModel(model, { weights: weightReader(source.weights.folder) });
await writeFileAtomically(join("limn-out", "loss-with-gradients.onnx"), bytes);
console.log("limn-out/loss-with-gradients.onnx");
