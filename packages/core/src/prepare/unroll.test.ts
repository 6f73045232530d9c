import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { decodeModel } from "../onnx/decode.js";
import { encodeModel } from "../onnx/encode.js";
import { AttributeProto_AttributeType as Kind, ModelProtoSchema, TensorProto_DataType as T } from "../onnx/onnx_pb.js";
import { type GraphInit, info, type NodeInit } from "../testing/protos.js";
import { runtime } from "../testing/runtime.js";
import { toDialect } from "./prepare.js";

const ofAnyShape = (name: string) => ({
  name,
  type: { value: { case: "tensorType" as const, value: { elemType: T.FLOAT } } },
});
const untyped = (name: string) => ({ name });
const int = (name: string, i: number) => ({ name, type: Kind.INT, i: BigInt(i) });
const body = (g: GraphInit) => ({ name: "body", type: Kind.GRAPH, g: { name: "body", ...g } });

/** What a file of nodes between x [1, 4] and y gives for 1, 2, 3, 4, before and after it is prepared. */
async function outcomes(node: NodeInit[], initializer: GraphInit["initializer"] = []) {
  const graph = { name: "g", input: [info("x", T.FLOAT, 1, 4)], initializer, output: [untyped("y")], node };
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 10n, opsetImport: [{ domain: "", version: 18n }], graph }),
  );
  const model = await toDialect(decodeModel(bytes, "m.onnx"), runtime);
  const x = { dtype: "float32", dims: [1, 4], data: Float32Array.of(1, 2, 3, 4) } as const;
  const found: number[][] = [];
  for (const file of [bytes, encodeModel(model)]) {
    const session = await runtime.createSession(file);
    const { y } = await session.run({ x }, ["y"]);
    await session.release();
    found.push(Array.from(y?.data as Float32Array));
  }
  const [before, after] = found;
  return { before, after, operators: model.graph.nodes.map(({ opType }) => opType) };
}

const count = (n: number) => ({ name: "count", dataType: T.INT64, dims: [], int64Data: [BigInt(n)] });
const yes = { name: "yes", dataType: T.BOOL, dims: [], int32Data: [1] };

/** a <- a * x + turn, which shows each a / 2 as well. @param goesOn the node that gives the condition */
const turn = (goesOn: NodeInit) =>
  body({
    input: [untyped("i"), untyped("condition"), untyped("a")].map(({ name }, k) =>
      k === 0 ? info(name, T.INT64) : k === 1 ? info(name, T.BOOL) : untyped(name),
    ),
    output: [untyped("again"), untyped("next"), untyped("half")],
    initializer: [{ name: "two", dataType: T.FLOAT, dims: [], floatData: [2] }],
    node: [
      goesOn,
      { opType: "Mul", input: ["a", "x"], output: ["scaled"] },
      { opType: "Cast", input: ["i"], output: ["float"], attribute: [int("to", T.FLOAT)] },
      { opType: "Add", input: ["scaled", "float"], output: ["next"] },
      { opType: "Div", input: ["a", "two"], output: ["half"] },
    ],
  });

const always: NodeInit = { opType: "Identity", input: ["condition"], output: ["again"] };

describe("unroll", () => {
  it("writes a loop of known length turn by turn, with what it stacks", async () => {
    const { before, after, operators } = await outcomes(
      [
        {
          opType: "Loop",
          name: "loop",
          input: ["count", "yes", "x"],
          output: ["last", "halves"],
          attribute: [turn(always)],
        },
        { opType: "ReduceSum", input: ["halves"], output: ["sum"], attribute: [int("keepdims", 0)] },
        { opType: "Add", input: ["last", "sum"], output: ["y"] },
      ],
      [count(3), yes],
    );
    expect(after).toEqual(before);
    expect(operators).not.toContain("Loop");
    expect(operators.filter((opType) => opType === "Mul")).toHaveLength(3);
  });

  it.each<[string, NodeInit, number]>([
    ["whose body may end it", { opType: "Less", input: ["i", "two_turns"], output: ["again"] }, 3],
    ["of too many turns", always, 1000],
  ])("leaves a loop %s", async (_, goesOn, turns) => {
    const { before, after, operators } = await outcomes(
      [
        {
          opType: "Loop",
          name: "loop",
          input: ["count", "yes", "x"],
          output: ["y", "halves"],
          attribute: [turn(goesOn)],
        },
      ],
      [count(turns), yes, { name: "two_turns", dataType: T.INT64, dims: [], int64Data: [2n] }],
    );
    expect(after).toEqual(before);
    expect(operators).toContain("Loop");
  });

  it("writes SequenceMap element by element, next to a tensor that is the same for all", async () => {
    const { before, after, operators } = await outcomes([
      { opType: "SplitToSequence", input: ["x"], output: ["parts"], attribute: [int("axis", 1)] },
      {
        opType: "SequenceMap",
        name: "map",
        input: ["parts", "x"],
        output: ["mapped"],
        attribute: [
          body({
            input: [ofAnyShape("part"), ofAnyShape("all")],
            output: [ofAnyShape("product")],
            node: [{ opType: "Mul", input: ["part", "all"], output: ["product"] }],
          }),
        ],
      },
      { opType: "ConcatFromSequence", input: ["mapped"], output: ["y"], attribute: [int("axis", 0)] },
    ]);
    expect(after).toEqual(before);
    expect(after).toHaveLength(16);
    expect(operators.some((opType) => opType.includes("Sequence"))).toBe(false);
  });
});
