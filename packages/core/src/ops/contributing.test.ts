import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

const page = read("../../../../CONTRIBUTING.md");

it.each(["Tan.ts", "Tan.test.ts"])("CONTRIBUTING.md shows %s as it is", (file) => {
  expect(page).toContain(`\`\`\`ts\n${read(file)}\`\`\`\n`);
});

it("CONTRIBUTING.md shows the definition of Gemm and the line of Tan as they are", () => {
  const [definition] = /export const Gemm[\s\S]*?\n\}\);\n/.exec(read("Gemm.ts")) as RegExpExecArray;
  expect(page).toContain(`\`\`\`ts\n${definition}\`\`\`\n`);
  const [line] = /export \{ Tan \}.*\n/.exec(read("operators.ts")) as RegExpExecArray;
  expect(page).toContain(`\`\`\`ts\n${line}\`\`\`\n`);
});
