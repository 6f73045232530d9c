import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type Mistake, mistakeOf } from "./mistake.js";

const mistakeIn = (schema: v.GenericSchema, value: unknown): Mistake => {
  const { success, issues } = v.safeParse(schema, value);
  if (success) throw new Error(`${JSON.stringify(value)} fits`);
  return mistakeOf(issues);
};

describe("a mistake says what is allowed:", () => {
  it.each<[string, v.GenericSchema, unknown, string]>([
    ["a number", v.number(), "two", "give a number"],
    ["no NaN", v.number(), Number.NaN, "give a number"],
    ["a finite number", v.pipe(v.number(), v.finite()), Number.POSITIVE_INFINITY, "give a finite number"],
    ["a whole number", v.pipe(v.number(), v.integer()), 1.5, "give a whole number"],
    ["a whole number that is one", v.pipe(v.number(), v.safeInteger()), 2 ** 53, "give a whole number"],
    ["a lowest value", v.pipe(v.number(), v.minValue(1)), 0, "give 1 or more"],
    ["a highest value", v.pipe(v.number(), v.maxValue(1)), 2, "give 1 or less"],
    ["a bound below", v.pipe(v.number(), v.gtValue(0)), 0, "give more than 0"],
    ["a bound above", v.pipe(v.number(), v.ltValue(1)), 1, "give less than 1"],
    ["text", v.string(), 5, "give text"],
    ["something in it", v.pipe(v.string(), v.nonEmpty()), "", "it is empty"],
    ["a switch", v.boolean(), "yes", "give true or false"],
    ["one of a few words", v.picklist(["max", "none"]), "min", 'give "max" or "none"'],
    ["a word", v.literal("none"), "all", 'give "none"'],
    ["one of several types", v.union([v.boolean(), v.literal("optional")]), 5, 'give boolean or "optional"'],
    ["a list", v.array(v.number()), {}.constructor, "give a list"],
    ["an object", v.strictObject({}), 5, "give an object"],
    ["a record", v.record(v.string(), v.number()), null, "give an object"],
    ["what the schema says", v.number("give degrees"), "north", "give degrees"],
    ["what valibot says of the rest", v.date(), 5, "Invalid type: Expected Date but received 5"],
  ])("%s", (_, schema, value, message) => {
    expect(mistakeIn(schema, value)).toEqual({ path: [], message });
  });
});

describe("a mistake says where it is:", () => {
  const entries = v.strictObject({ entries: v.array(v.strictObject({ rule: v.string() })) });

  it("in an object in a list", () => {
    expect(mistakeIn(entries, { entries: [{ rule: "flat" }, { rule: 5 }] })).toEqual({
      path: ["entries", 1, "rule"],
      message: "give text",
    });
  });

  it("a key that is missing, or that the object should not have", () => {
    expect(mistakeIn(entries, {})).toEqual({ path: ["entries"], message: "it is missing" });
    expect(mistakeIn(entries, { entries: [{ rule: "flat", when: 1 }] })).toEqual({
      path: ["entries", 0],
      message: 'unknown key "when"',
    });
  });

  it("an item that a list should not have", () => {
    expect(mistakeIn(v.strictTuple([v.number()]), [1, 2])).toEqual({ path: [1], message: "it is one too many" });
  });

  it("in the alternative that came the furthest, else of the choice", () => {
    const choice = v.strictObject({ composite: v.union([v.string(), entries], "give a name, or entries") });
    expect(mistakeIn(choice, { composite: { entries: [{ rule: 5 }] } })).toEqual({
      path: ["composite", "entries", 0, "rule"],
      message: "give text",
    });
    expect(mistakeIn(choice, { composite: 5 })).toEqual({ path: ["composite"], message: "give a name, or entries" });
  });
});
