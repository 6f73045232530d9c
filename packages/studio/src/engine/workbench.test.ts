import { onnxRuntime } from "@limn/node";
import { nativePlatform } from "../server/native-platform.js";
import { engineContract } from "../testing/contract.js";
import { Workbench } from "./workbench.js";

engineContract("the workbench in Node", async () => ({
  engine: new Workbench(nativePlatform(onnxRuntime())),
  close: async () => {},
}));
