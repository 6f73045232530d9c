import { readFileSync } from "node:fs";
import { it } from "vitest";
import { decodeModel } from "./onnx/decode.js";
it("s", () => { const { graph } = decodeModel(readFileSync("/tmp/exp/last.onnx"), "x"); console.log("SHOW " + graph.nodes.map((n) => `${n.opType}(${n.inputs.map((v) => v?.initializer ? `${v.initializer.dtype}[${v.shape}]` : v?.producer ? v.producer.opType : `in[${v?.shape}]`).join(", ")}) {${[...n.attributes].map(([k, a]) => `${k}=${"value" in a ? String(a.value) : "?"}`).join(" ")}}`).join(" ; ")); });
