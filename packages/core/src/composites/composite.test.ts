import { describe, expect, it } from "vitest";
import {
  attentionEntryFor,
  type CompositeInit,
  defineComposite,
  describeMatch,
  entryFor,
  type LayerFacts,
} from "./composite.js";
import { compositeOf } from "./registry.js";

const CONV: LayerFacts = { kind: "convolution", first: false, operator: "Conv", names: ["layer1.0.conv1", "t_12"] };

const ruleFor = (match: object, facts: Partial<LayerFacts> = {}): string | undefined => {
  const composite = defineComposite({ entries: [{ match, rule: "flat" }, { rule: "epsilon" }] });
  return entryFor(composite, { ...CONV, ...facts })?.rule.name;
};

describe("an entry matches by", () => {
  it.each([
    ["layer1.0.conv1", true],
    ["t_12", true],
    ["layer1.*", true],
    ["*conv1", true],
    ["*.0.*", true],
    ["*", true],
    ["layer1", false],
    ["layer1?0.conv1", false],
    ["layer1.0.conv", false],
    ["[a-z]*", false],
  ])("name: %s is %s", (name, matches) => {
    expect(ruleFor({ name })).toBe(matches ? "flat" : "epsilon");
  });

  it("being first, or not", () => {
    expect(ruleFor({ first: true })).toBe("epsilon");
    expect(ruleFor({ first: true }, { first: true })).toBe("flat");
    expect(ruleFor({ first: false })).toBe("flat");
  });

  it("kind and operator, all that are given", () => {
    expect(ruleFor({ kind: "convolution" })).toBe("flat");
    expect(ruleFor({ kind: "dense" })).toBe("epsilon");
    expect(ruleFor({ kind: "convolution", operator: "ConvTranspose" })).toBe("epsilon");
    expect(ruleFor({ kind: "normalization" }, { kind: "normalization" })).toBe("flat");
  });

  it("nothing, for every layer", () => {
    expect(ruleFor({})).toBe("flat");
    expect(describeMatch({})).toBe("every layer");
    expect(describeMatch({ first: true, kind: "dense", name: "fc*" })).toBe("first layer, dense, named fc*");
  });
});

describe("a composite", () => {
  it("fills in what is left out", () => {
    const { entries, name } = defineComposite({ entries: [{ rule: "gamma" }] });
    expect(name).toBe("custom");
    expect(entries[0]).toMatchObject({ match: {}, options: { gamma: 0.25 }, settings: {} });
  });

  it.each<[string, unknown, RegExp]>([
    ["without entries", { entries: [] }, /entries/],
    ["that is none", "z-plus", /give \{ "entries"/],
    ["with an unknown key", { entries: [{ rule: "flat", when: "always" }] }, /entries\.0/],
    ["with an unknown kind", { entries: [{ rule: "flat", match: { kind: "conv" } }] }, /entries\.0\.match\.kind/],
    ["with a misspelled rule", { entries: [{ rule: "espilon" }] }, /no rule "espilon"; did you mean "epsilon"/],
    ["with a wrong option", { entries: [{ rule: "alpha-beta", options: { alpha: 0 } }] }, /entry 0: alpha-beta\.alpha/],
    ["with an option of another rule", { entries: [{ rule: "flat", options: { gamma: 1 } }] }, /entry 0: flat/],
  ])("%s is refused", (_, init, message) => {
    expect(() => defineComposite(init as CompositeInit)).toThrow(message);
  });

  it("may have rules of attention, which decide on no layer", () => {
    const composite = defineComposite({ entries: [{ rule: "attn-lrp" }, { rule: "epsilon" }] });
    expect(entryFor(composite, CONV)?.rule.name).toBe("epsilon");
    const softmax = { operator: "Softmax", names: ["block1.softmax"] };
    expect(attentionEntryFor(composite, softmax)?.rule.name).toBe("attn-lrp");
    const elsewhere = defineComposite({
      entries: [{ match: { name: "block2.*" }, rule: "attn-lrp" }, { rule: "epsilon" }],
    });
    expect(attentionEntryFor(elsewhere, softmax)).toBeUndefined();
  });

  it.each<[string, CompositeInit["entries"][number], RegExp]>([
    [
      "with conditions of layers",
      { match: { kind: "dense" }, rule: "cp-lrp" },
      /entry 0: cp-lrp is about attention: kind/,
    ],
    [
      "with options",
      { rule: "attn-lrp", options: { gamma: 1 } },
      /entry 0: attn-lrp is about attention: it has no option "gamma"/,
    ],
  ])("of attention %s is refused", (_, entry, message) => {
    expect(() => defineComposite({ entries: [entry] })).toThrow(message);
  });

  it("of an unknown name is refused with near matches", () => {
    expect(() => compositeOf("epsilon-gama-box")).toThrow(
      /no composite "epsilon-gama-box"; did you mean "epsilon-gamma-box"/,
    );
  });
});
