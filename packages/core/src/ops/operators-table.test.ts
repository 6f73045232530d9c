import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { beyondDialect } from "../prepare/upgrade-opset.js";
import { operatorsTable } from "./operators-table.js";

it("docs/operators.md is what the registry says; else: npm run build && node scripts/operators-table.mjs", () => {
  const page = readFileSync(new URL("../../../../docs/operators.md", import.meta.url), "utf8");
  expect(page).toBe(operatorsTable(beyondDialect));
});
