import { expect, it } from "vitest";
import { stagedMaps, stagedName } from "./stages.js";

it("finds methods and stages in the names of maps", () => {
  const names = ["grad-cam/stage1", "grad-cam/stage2", "lrp/stage1", "lrp/stage2"];
  const staged = stagedMaps(names);
  expect(staged).toEqual({ methods: ["grad-cam", "lrp"], stages: ["stage1", "stage2"] });
  expect(staged?.methods.flatMap((method) => staged.stages.map((stage) => stagedName(method, stage)))).toEqual(names);
  expect(stagedMaps(["grad-cam/stage4", "lrp/stage4"])).toBeUndefined();
  expect(stagedMaps(["grad-cam", "lrp"])).toBeUndefined();
});
