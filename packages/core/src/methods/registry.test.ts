import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Method, parseOptions } from "./method.js";
import { findMethod, methods } from "./registry.js";

const all = Object.entries(methods) as [string, Method][];

describe.each(all)("%s", (name, method) => {
  it("is registered under its own name, and says what it is", () => {
    expect(method.name).toBe(name);
    expect(method.summary).toMatch(/^\S.*[^.]$/);
    expect(method.source).toMatch(/\d{4}/);
  });

  it("works without options, and describes those that it has", () => {
    expect(() => parseOptions(method, {})).not.toThrow();
    for (const option of Object.values(method.options.shape)) {
      expect((option as { description?: string }).description).toBeTruthy();
    }
  });

  it("has variants that are options of its own", () => {
    for (const [variant, preset] of Object.entries(method.variants ?? {})) {
      expect(findMethod(variant)).toEqual({ method, preset });
      expect(() => parseOptions(method, preset)).not.toThrow();
    }
  });

  it("has tests", () => {
    expect(existsSync(new URL(`./${name}.test.ts`, import.meta.url))).toBe(true);
  });
});
