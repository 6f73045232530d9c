import { expect, it } from "vitest";
import { golden } from "../testing/statistics-golden.js";
import { upperTail } from "./normal.js";

it.each(golden.upperTail)("above %d is what scipy says", (z, tail) => {
  expect(upperTail(z) / tail).toBeCloseTo(1, 11);
});
