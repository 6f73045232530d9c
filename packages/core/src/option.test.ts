import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { describeOptions } from "./describe-options.js";
import { isOptionsSchema, option } from "./option.js";

const options = v.object({
  gamma: option(v.pipe(v.number(), v.minValue(0)), 0.25, "how much more"),
  reduce: option(v.picklist(["sum", "none"]), "sum", "over channels"),
  window: option(v.number(), undefined, "side of the square"),
  own: v.pipe(v.optional(v.picklist([1, 2])), v.description("described outside")),
  bare: v.boolean(),
});

describe("an option", () => {
  it("has a default, or may stay out", () => {
    expect(v.parse(options, { bare: true })).toEqual({ gamma: 0.25, reduce: "sum", bare: true });
    expect(v.safeParse(options, { bare: true, gamma: -1 }).success).toBe(false);
    type Given = v.InferOutput<typeof options>;
    expectTypeOf<Pick<Given, "gamma" | "reduce">>().toEqualTypeOf<{ gamma: number; reduce: "sum" | "none" }>();
    expectTypeOf<v.InferInput<typeof options>["gamma"]>().toEqualTypeOf<number | undefined>();
  });

  it("is described for help texts, wherever valibot's words stand", () => {
    expect(describeOptions({ options })).toEqual([
      { name: "gamma", usual: 0.25, choices: [], description: "how much more" },
      { name: "reduce", usual: "sum", choices: ["sum", "none"], description: "over channels" },
      { name: "window", usual: undefined, choices: [], description: "side of the square" },
      { name: "own", usual: undefined, choices: [1, 2], description: "described outside" },
      { name: "bare", usual: undefined, choices: [], description: "" },
    ]);
  });
});

it("options are a schema of an object, in whatever form", () => {
  const schemas = [v.object({}), v.strictObject({}), v.pipe(v.object({ a: v.number() }), v.description("both"))];
  expect(schemas.map(isOptionsSchema)).toEqual([true, true, true]);
  expect([undefined, {}, { entries: {} }, v.number(), v.record(v.string(), v.number())].map(isOptionsSchema)).toEqual(
    Array(5).fill(false),
  );
});
