import { create, toBinary } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { decodeModel } from "../onnx/decode.js";
import { encodeModel } from "../onnx/encode.js";
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataType as T } from "../onnx/onnx_pb.js";
import { info, type NodeInit } from "../testing/protos.js";
import { runtime } from "../testing/runtime.js";
import { toDialect } from "./prepare.js";

/** y = If(condition, body(clipped x), -clipped x), where clipped x is a Clip of opset 10. */
const modelOf = (body: NodeInit, condition?: boolean) =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 5n,
      opsetImport: [{ domain: "", version: 10n }],
      graph: {
        name: "g",
        input: [info("x", T.FLOAT, 2), ...(condition === undefined ? [info("condition", T.BOOL)] : [])],
        initializer:
          condition === undefined
            ? []
            : [{ name: "condition", dataType: T.BOOL, dims: [], int32Data: [Number(condition)] }],
        output: [info("y", T.FLOAT, 2)],
        node: [
          {
            opType: "Clip",
            name: "limit",
            input: ["x"],
            output: ["clipped"],
            attribute: [{ name: "max", type: Kind.FLOAT, f: 1 }],
          },
          {
            opType: "If",
            name: "choose",
            input: ["condition"],
            output: ["y"],
            attribute: [
              {
                name: "then_branch",
                type: Kind.GRAPH,
                g: { name: "then", node: [body], output: [info("a", T.FLOAT, 2)] },
              },
              {
                name: "else_branch",
                type: Kind.GRAPH,
                g: {
                  name: "else",
                  node: [{ opType: "Neg", input: ["clipped"], output: ["b"] }],
                  output: [info("b", T.FLOAT, 2)],
                },
              },
            ],
          },
        ],
      },
    }),
  );

it.each([true, false])("bodies that need no upgrade work on, condition %s", async (condition) => {
  const bytes = modelOf({ opType: "Exp", input: ["clipped"], output: ["a"] });
  const model = await toDialect(decodeModel(bytes, "m.onnx"), runtime);
  expect(model.graph.nodes.map((n) => n.inputs.length)).toEqual([3, 1]);
  const session = await runtime.createSession(encodeModel(model));
  const x = { dtype: "float32", dims: [2], data: Float32Array.of(-1, 3) } as const;
  const flag = { dtype: "bool", dims: [], data: Uint8Array.of(Number(condition)) } as const;
  const { y } = await session.run({ x, condition: flag }, ["y"]);
  await session.release();
  const expected = condition ? [Math.exp(-1), Math.exp(1)] : [1, -1];
  for (const [i, e] of expected.entries()) expect(y?.data[i]).toBeCloseTo(e, 5);
});

it.each([
  [true, ["Clip", "ReduceMean"], 0],
  [false, ["Clip", "Neg"], -0.5],
])(
  "the branch of a constant condition takes the node's place, condition %s",
  async (condition, operators, expected) => {
    const attribute = [{ name: "axes", type: Kind.INTS, ints: [0n] }];
    const bytes = modelOf({ opType: "ReduceMean", input: ["clipped"], output: ["a"], attribute }, condition);
    const model = await toDialect(decodeModel(bytes, "m.onnx"), runtime);
    expect(model.graph.nodes.map((n) => n.opType)).toEqual(operators);
    const session = await runtime.createSession(encodeModel(model));
    const x = { dtype: "float32", dims: [2], data: Float32Array.of(0.5, -0.5) } as const;
    const { y } = await session.run({ x }, ["y"]);
    await session.release();
    expect(y?.data[0]).toBeCloseTo(expected, 6);
  },
);

it("bodies that need an upgrade are refused", async () => {
  const attribute = [{ name: "axes", type: Kind.INTS, ints: [0n] }];
  const bytes = modelOf({ opType: "ReduceMean", input: ["clipped"], output: ["a"], attribute });
  await expect(toDialect(decodeModel(bytes, "m.onnx"), runtime)).rejects.toThrow(
    "choose (If): its body uses ReduceMean in the form of opset 10",
  );
});
