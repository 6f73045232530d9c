import { afterEach, describe, expect, it } from "vitest";
import { table } from "./table.js";

const { columns } = process.stdout;
afterEach(() => {
  process.stdout.columns = columns;
});

const HEAD = ["measure", "grad-cam", "layer-cam", "lrp"];
const ROWS = [
  ["IoU", "0.220", "0.310", "0.1"],
  ["Pointing game", "0.833", "1.000", "0.5"],
];

describe("a table", () => {
  it("has columns as wide as their longest cell", () => {
    expect(table(HEAD, ROWS)).toBe(`measure        grad-cam  layer-cam  lrp
IoU            0.220     0.310      0.1
Pointing game  0.833     1.000      0.5
`);
  });

  it("is in parts on a narrow terminal, each with the first column", () => {
    process.stdout.columns = 36;
    expect(table(HEAD, ROWS, ["left", "right"])).toBe(`measure        grad-cam  layer-cam
IoU               0.220  0.310
Pointing game     0.833  1.000

measure        lrp
IoU            0.1
Pointing game  0.5
`);
  });

  it.each([10, 20])("shows every column, however narrow it is: %i", (width) => {
    process.stdout.columns = width;
    const words = table(HEAD, ROWS).split(/\s+/);
    expect(words).toEqual(expect.arrayContaining([...HEAD, "0.5", "1.000", "0.833"]));
  });
});
