import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { afterAll, describe, expect, it } from "vitest";
import { readModelFile } from "../../../node/src/model-file.js";
import { loadClassifier } from "../classifier.js";
import { tensor } from "../graph/tensor.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import {
  TensorProto_DataLocation as Location,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
} from "./onnx_pb.js";

/** A network whose gradient and LRP need the numbers of many constants, small ones and one of two kilobytes. */
function network(): Uint8Array {
  const net = new NetworkWriter("constants", [1, 2, 8, 8]);
  const x = net.relu("relu", net.conv("conv", net.image, [2, 4]));
  const padded = net.node("Pad", "pad", [x, net.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1])]);
  const cut = net.node("Slice", "slice", [
    padded,
    net.ints("starts", [1, 0]),
    net.ints("ends", [9, 2 ** 40]),
    net.ints("axes", [2, 3]),
    net.ints("steps", [1, 2]),
  ]);
  const scales = net.constant("scales", [4], [1, 1, 2, 2]);
  const grown = net.graph.append(
    { name: "resize", opType: "Resize", inputs: [cut, undefined, scales], attributes: new Map() },
    [{ name: "resize_out", dtype: undefined, shape: undefined }],
  ).output;
  const flat = net.node("Reshape", "reshape", [grown, net.ints("shape", [1, -1])]);
  const order = Array.from({ length: 256 }, (_, i) => (i * 37) % 300);
  const gathered = net.node("Gather", "gather", [flat, net.ints("indices", order)], { axis: 1 });
  const square = net.node("Reshape", "square", [gathered, net.ints("square_shape", [1, 16, 16])]);
  const pooled = net.node("ReduceMean", "mean", [square, net.ints("mean_axes", [2])], { keepdims: 0 });
  return net.bytes(net.dense("fc", pooled, [16, 3]));
}

type Store = (constant: TensorProto, toFile: (location: string, bytes: Uint8Array) => [string, string][]) => void;

const entries = (pairs: [string, string][]) =>
  pairs.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));

/** Puts all constants but the convolution's, which stay, where a writer of files puts them. */
const STORES: Record<string, Store> = {
  "with the place stated": (constant) => {
    // protobuf leaves out what is the default: it has to be said by hand, field 14 with value 0
    constant.$unknown = [{ no: 14, wireType: 0, data: Uint8Array.of(0) }];
  },
  "in a file": (constant, toFile) => {
    constant.externalData = entries(toFile("weights.bin", constant.rawData));
    constant.dataLocation = Location.EXTERNAL;
    constant.rawData = new Uint8Array();
  },
  "in a file, of which some bytes are left here": (constant, toFile) => {
    constant.externalData = entries(toFile("weights.bin", constant.rawData));
    constant.dataLocation = Location.EXTERNAL;
    constant.rawData = constant.rawData.map(() => 7);
  },
  "here, with what is left of a file": (constant) => {
    constant.externalData = entries([
      ["location", "long-gone.bin"],
      ["offset", "0"],
      ["length", "8"],
    ]);
  },
  "as integers of the format's own": (constant) => {
    if (constant.dataType !== 7) return;
    constant.int64Data = [...new BigInt64Array(constant.rawData.slice().buffer)];
    constant.rawData = new Uint8Array();
  },
};

describe("constants whose numbers rules need", () => {
  const folder = mkdtempSync(join(tmpdir(), "limn-constants-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const image = noise([1, 2, 8, 8]);
  const requests = [{ method: "saliency" }, { method: "lrp", options: { composite: "epsilon" } }];

  it.each(Object.entries(STORES))("are read %s", async (name, store) => {
    const bytes = network();
    const expected = await mapsOf(await classifierOf(bytes), requests, image, 1);
    const place = mkdtempSync(join(folder, "model-"));
    const files = new Map<string, number[]>();
    const proto = fromBinary(ModelProtoSchema, bytes);
    for (const constant of proto.graph?.initializer ?? []) {
      store(constant, (location, data) => {
        const file = files.get(location) ?? [];
        files.set(location, file);
        const offset = file.length;
        file.push(...data);
        return [
          ["location", location],
          ["offset", `${offset}`],
          ["length", `${data.length}`],
        ];
      });
    }
    for (const [location, data] of files) writeFileSync(join(place, location), Uint8Array.from(data));
    const path = join(place, "model.onnx");
    writeFileSync(path, toBinary(ModelProtoSchema, proto));
    expect(files.size, name).toBe(name.includes("in a file") ? 1 : 0);
    const found = await mapsOf(await loadClassifier(readModelFile(path), runtime), requests, image, 1);
    expect(found.map(({ values }) => [...values])).toEqual(expected.map(({ values }) => [...values]));
  });

  it("are computed where they are computed from others", async () => {
    const made = (computed: boolean) => {
      const net = new NetworkWriter("computed", [1, 1, 40, 40]);
      const flat = net.node("Reshape", "reshape", [net.image, net.ints("shape", [1, 1600])]);
      const order = Array.from({ length: 1600 }, (_, i) => (i * 37) % 1600);
      const narrow = () => net.graph.addInitializer("order", tensor("int32", [1600], order));
      const indices = computed ? net.node("Cast", "widen", [narrow()], { to: 7 }) : net.ints("order", order);
      const gathered = net.node("Gather", "gather", [flat, indices], { axis: 1 });
      return net.bytes(net.dense("fc", gathered, [1600, 2]));
    };
    const of = async (computed: boolean) => {
      const [map] = await mapsOf(await classifierOf(made(computed)), ["saliency"], noise([1, 1, 40, 40]), 0);
      return [...(map?.values ?? [])];
    };
    expect(await of(true)).toEqual(await of(false));
  });
});
