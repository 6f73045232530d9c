import { expect, it } from "vitest";
import { compositeOf, composites } from "./registry.js";

it("a name with an option sets it in every rule that has it", () => {
  const changed = compositeOf("epsilon-gamma-box@gamma=0.1");
  const usual = composites["epsilon-gamma-box"];
  expect(changed.name).toBe("epsilon-gamma-box@gamma=0.1");
  expect(changed.entries.map(({ rule }) => rule)).toEqual(usual.entries.map(({ rule }) => rule));
  expect(changed.entries[1]).toEqual({ ...usual.entries[1], options: { gamma: 0.1 } });
  expect(changed.entries[2]).toEqual(usual.entries[2]);
});

it.each([
  ["epsilon-gamma-box@gama=0.1", /no.* option "gama"; did you mean "gamma"/],
  ["epsilon-gamma-box@gamma", /"gamma" is no option; give NAME@OPTION=NUMBER/],
  ["epsilon-gamma-box@gamma=much", /gamma\.gamma = much: /],
  ["epsilon-gamma-box@gamma=-1", /gamma\.gamma = -1: /],
  ["z-plus@gamma=0.1", /composite "z-plus@gamma=0.1": none of its rules has the option "gamma"/],
  ["epsilon-gama-box@gamma=0.1", /there is no composite "epsilon-gama-box"; did you mean "epsilon-gamma-box"/],
])("refuses %s", (choice, message) => {
  expect(() => compositeOf(choice)).toThrow(message);
});
