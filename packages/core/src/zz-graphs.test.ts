import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Value } from "./graph/graph.js";
import { compile } from "./compile.js";
import { LimnError } from "./error.js";
import { Explainer } from "./explainer.js";
import { operators } from "./ops/registry.js";
import { classifierOf, noise, runtime } from "./testing/explaining.js";
import { NetworkWriter } from "./testing/networks.js";

const size = fc.integer({ min: 0, max: 4 });
const shape = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3)) },
  { weight: 2, arbitrary: fc.array(size, { maxLength: 5 }) },
);
const attribute = fc.record(
  {
    axis: fc.integer({ min: -5, max: 5 }), keepdims: fc.nat(1), kernel_shape: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    strides: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }), pads: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 2, maxLength: 8 }),
    dilations: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 2 }), group: fc.integer({ min: 0, max: 3 }), perm: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    to: fc.constantFrom(1, 7, 9, 10, 11), transA: fc.nat(1), transB: fc.nat(1), ceil_mode: fc.nat(1), blocksize: fc.nat(3), size: fc.nat(4),
    equation: fc.constantFrom("ij,jk->ik", "i->i", "abcd->dcba", "x"), mode: fc.constantFrom("nearest", "linear", "cubic", "reflect", "edge", "constant", "DCR"),
    num_outputs: fc.nat(3), axes: fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 3 }), num_groups: fc.nat(3), auto_pad: fc.constantFrom("SAME_UPPER", "VALID", "NOTSET", "SAME_LOWER"),
    output_shape: fc.array(size, { maxLength: 3 }), output_padding: fc.array(fc.nat(2), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const ACCEPTS: Record<string, string[]> = { Conv: ["kernel_shape", "strides", "pads", "dilations", "group", "auto_pad"], ConvTranspose: ["strides", "pads", "dilations", "group", "output_padding", "output_shape", "auto_pad"], MaxPool: ["kernel_shape", "strides", "pads", "dilations", "ceil_mode", "auto_pad"], AveragePool: ["kernel_shape", "strides", "pads", "dilations", "ceil_mode", "auto_pad"], LpPool: ["kernel_shape", "strides", "pads"], Gemm: ["transA", "transB"], Concat: ["axis"], Softmax: ["axis"], LogSoftmax: ["axis"], Flatten: ["axis"], Gather: ["axis"], GatherElements: ["axis"], Split: ["axis", "num_outputs"], Transpose: ["perm"], Cast: ["to"], DepthToSpace: ["blocksize", "mode"], SpaceToDepth: ["blocksize"], LRN: ["size"], Einsum: ["equation"], Pad: ["mode"], Resize: ["mode"], LayerNormalization: ["axis"], GroupNormalization: ["num_groups"], ArgMax: ["axis", "keepdims"], ...Object.fromEntries(["Sum", "Mean", "Max", "Min", "L1", "L2", "LogSum", "SumSquare", "LogSumExp", "Prod"].map((r) => [`Reduce${r}`, ["keepdims"]])) };
const NEEDED = new Set(["kernel_shape", "perm", "axis", "to", "blocksize", "size", "equation", "num_outputs", "num_groups"]);
const few = attribute.chain((a) => fc.subarray(Object.keys(a), { maxLength: 3 }).map((keys) => Object.fromEntries(keys.map((k) => [k, a[k as keyof typeof a]]))));
const operand = fc.oneof(
  { weight: 6, arbitrary: fc.record({ of: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ floats: shape }) },
  { weight: 2, arbitrary: fc.record({ ints: fc.array(fc.integer({ min: -4, max: 5 }), { maxLength: 4 }) }) },
);
const ops = Object.keys(operators);
const step = fc.record({ op: fc.constantFrom(...ops), operands: fc.array(operand, { minLength: 1, maxLength: 4 }), attributes: few, all: attribute, extra: fc.boolean() });
const graphs = fc.record({ input: shape, steps: fc.array(step, { minLength: 1, maxLength: 3 }), end: fc.boolean() });

let valid = 0, compiledCount = 0, total = 0;
const reasons = new Map<string, number>();
const oks = new Map<string, number>();
it("graphs", async () => {
  await fc.assert(fc.asyncProperty(graphs, async ({ input, steps, end }) => {
    total++;
    const net = new NetworkWriter("fuzz", input.length === 4 ? input : [1, 2, 3, 3]);
    const values: Value[] = [net.image];
    let k = 0;
    let last = net.image;
    steps.forEach(({ op, operands, attributes, all, extra }) => {
      const known = operators[op as keyof typeof operators] as { inputs: readonly string[] };
      const variadic = known.inputs[0]?.startsWith("...");
      const count = variadic ? operands.length : Math.min(known.inputs.filter((n) => !n.endsWith("?")).length + (extra ? 1 : 0), known.inputs.length);
      const inputs = Array.from({ length: Math.max(1, count) }, (_, i) => {
        const o = operands[i % operands.length] as { of: number } | { floats: number[] } | { ints: number[] };
        if (i === 0) return last;
        if ("of" in o) return values[o.of % values.length] as Value;
        if ("floats" in o) return net.random(`c${k++}`, o.floats, -1, 1);
        return net.ints(`c${k++}`, o.ints);
      });
      const accepted = ACCEPTS[op] ?? []; const kept = Object.fromEntries(Object.entries({ ...attributes, ...Object.fromEntries(Object.entries(all).filter(([n]) => NEEDED.has(n))) }).filter(([n]) => accepted.includes(n)));
      last = net.node(op, `n${k++}`, inputs, kept);
      values.push(last);
    });
    const bytes = net.bytes(end ? net.flatten("flatten", last) : last);
    writeFileSync("/tmp/exp/last.onnx", bytes);
    try {
      const c = await classifierOf(bytes);
      valid++;
      for (const method of ["saliency", "grad-cam", "cam", "guided-backprop"]) try {
        const m = compile(c, [{ method }]);
        const e = await Explainer.create(m, runtime);
        try {
        const r = await e.explain(noise(c.image.dims));
        compiledCount++;
        if (method === "saliency") for (const { op } of steps) oks.set(op, (oks.get(op) ?? 0) + 1);
        for (const map of r[0]?.maps ?? []) expect(map.values.length).toBe(map.shape.reduce((n, d) => n * d, 1));
        } finally { await e.release(); }
      } catch (e) {
        if (!(e instanceof LimnError) || e.message.includes("of these shapes") || e.message.match(/\bundefined\b|\[object|\bNaN\b/)) { console.log(method, JSON.stringify({ input, steps, end })); console.log(e instanceof LimnError ? String(e) : (e as Error).stack?.split("\n").slice(0, 9).join("\n")); }
      }
    } catch (e) {
      if (!(e instanceof LimnError) || e.message.includes("of these shapes") || e.message.match(/\bundefined\b|\[object|\bNaN\b/)) { console.log(JSON.stringify({ input, steps, end })); console.log(e instanceof LimnError ? String(e) : (e as Error).stack?.split("\n").slice(0, 9).join("\n")); }
      else { const r = e.message.replace(/[\d"\[\],]+.*/, "").slice(0, 60); reasons.set(r, (reasons.get(r) ?? 0) + 1); }
    }
  }), { numRuns: Number(process.env.RUNS ?? 500), seed: Number(process.env.SEED ?? 1), endOnFailure: true });
  console.log({ total, valid, compiledCount }, [...oks].map(([a, b]) => `${a}:${b}`).join(" "));
});
