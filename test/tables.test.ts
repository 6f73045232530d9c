import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TABLES, withTable } from "../scripts/tables.mjs";

describe("tables that are made from definitions", () => {
  it.each(TABLES.map((table) => [table.file, table.name, table] as const))(
    "%s: that of %s is up to date; if not: node scripts/tables.mjs",
    (file, _, table) => {
      expect(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")).toBe(withTable(table));
    },
  );
});
