import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { composites } from "../composites/registry.js";
import { describeOptions } from "../describe-options.js";
import { orphansOf } from "../testing/orphans.js";
import { findRule, rules } from "./registry.js";

describe.each(Object.entries(rules))("%s", (name, rule) => {
  it("goes by its name", () => {
    expect(rule.name).toBe(name);
    expect(findRule(name)).toBe(rule);
    expect(rule.summary).toMatch(/^[a-z].*[^.]$/);
    expect(rule.source).toMatch(/\d{4}/);
  });

  it("is compared with its definition", () => {
    const test = new URL(`./${name}.test.ts`, import.meta.url);
    expect(readFileSync(test, "utf8")).toContain(`checkRule("${name}", `);
  });

  it("says what the table of rules needs, and describes its options", () => {
    expect(rule.share).toBeTruthy();
    for (const { description } of describeOptions(rule)) expect(description).toBeTruthy();
  });
});

it("has every file of its folder, and a test for each", () => {
  expect(orphansOf(new URL("./", import.meta.url), /^export const \w+ = defineRule\(/m, Object.keys(rules))).toEqual(
    [],
  );
});

describe.each(Object.entries(composites))("composite %s", (name, composite) => {
  it("goes by its name and says what it is and where it is from", () => {
    expect(composite.name).toBe(name);
    expect(composite.summary).toMatch(/^[a-z].*[^.]$/);
    expect(composite.source).toMatch(/\d{4}/);
  });
});

it("refuses unknown rules with near matches", () => {
  expect(() => findRule("z-pluss")).toThrow(/no rule "z-pluss"; did you mean "z-plus"/);
});
