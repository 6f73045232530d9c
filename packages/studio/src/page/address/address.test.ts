import { describe, expect, it } from "vitest";
import { type Address, readAddress, writeAddress } from "./address.js";

const FULL: Address = {
  view: "depth",
  model: { name: "folder/my model, v2.onnx", hash: "0123456789ab" },
  photo: { name: "Katze & Hund #1 100%.png", hash: "ba9876543210" },
  target: "traffic light, traffic signal",
  pins: ["7", "a=b"],
  methods: ["grad-cam", "lrp"],
  layer: "stage3",
  test: "order",
  node: 23,
  opacity: 0.5,
  threshold: 0.25,
  colors: "meadow",
  bothSigns: true,
  zoom: { scale: 2.5, x: 0.25, y: 0.75 },
};

describe("the address", () => {
  it("says all of it, and can be read again", () => {
    expect(readAddress(`#${writeAddress(FULL)}`)).toEqual(FULL);
    expect(writeAddress({})).toBe("");
    expect(readAddress("")).toEqual({});
  });

  it("can be read by people", () => {
    const { model: _, photo: __, ...rest } = FULL;
    expect(
      writeAddress({ model: { name: "scenes-resnet", hash: "0123" }, ...rest, target: "fire engine", pins: [] }),
    ).toBe(
      "view=depth&model=scenes-resnet,0123&class=fire+engine&method=grad-cam,lrp&layer=stage3&test=order&node=23&opacity=0.5&threshold=0.25&colors=meadow&against=yes&zoom=2.5,0.25,0.75",
    );
  });

  it("is taken from anybody: what makes no sense is left out", () => {
    expect(
      readAddress(
        "#view=%00&colors=red&opacity=7&threshold=x&zoom=0,0,0&against=1&test=luck&node=-1&model=&=3&&class=%E0%A4%A",
      ),
    ).toEqual({
      target: "%E0%A4%A",
    });
  });
});
