import { describe, expect, it } from "vitest";
import { describeOptions } from "../describe-options.js";
import { orphansOf } from "../testing/orphans.js";
import { type Method, parseOptions } from "./method.js";
import { families, findMethod, methods } from "./registry.js";

const all = Object.entries(methods) as [string, Method][];

describe.each(all)("%s", (name, method) => {
  it("is registered under its own name, and says what it is", () => {
    expect(method.name).toBe(name);
    expect(method.summary).toMatch(/^\S.*[^.]$/);
    expect(method.source).toMatch(/\d{4}/);
  });

  it("works without options, and describes those that it has", () => {
    expect(() => parseOptions(method, {})).not.toThrow();
    for (const { description } of describeOptions(method)) expect(description).toBeTruthy();
  });

  it("has variants that are options of its own", () => {
    for (const [variant, preset] of Object.entries(method.variants ?? {})) {
      expect(findMethod(variant)).toEqual({ method, name: variant, preset });
      expect(() => parseOptions(method, preset)).not.toThrow();
    }
  });
});

it("has every file of its folder, and a test for each", () => {
  const define = /^export const \w+ = define(Iterated)?Method\(/m;
  expect(orphansOf(new URL("./", import.meta.url), define, Object.keys(methods))).toEqual([]);
});

it("keeps families together", () => {
  const order = all.map(([, { family }]) => family);
  expect(order.filter((family, i) => family !== order[i - 1])).toEqual(families);
});

it.each([
  [{ entries: [{ rule: 5 }] }, "lrp.composite.entries.0.rule = 5: give a rule's name, or what defineRule gives"],
  [{ entries: [] }, "lrp.composite.entries = []: it is empty"],
  [5, "lrp.composite = 5: give a composite's name, or an object with entries"],
])("says which part of an option is wrong: %j", (composite, message) => {
  expect(() => parseOptions(methods.lrp, { composite })).toThrow(message);
});
