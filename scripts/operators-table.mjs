// Writes docs/operators.md from the registry of operators; run it after `npm run build`.
import { writeFileSync } from "node:fs";
import { operatorsTable } from "../packages/core/dist/ops/operators-table.js";
import { beyondDialect } from "../packages/core/dist/prepare/upgrade-opset.js";

writeFileSync(new URL("../docs/operators.md", import.meta.url), operatorsTable(beyondDialect));
