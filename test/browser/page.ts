import { CHECKS, type ContractModels } from "../runtime/checks.js";
import { gradCamOf, type Subject } from "../runtime/grad-cam.js";
import { webRuntime } from "./runtime.js";

const THREADS = 2;

/** What the tests call in the page. */
const limn = {
  gradCam: (subject: Subject) => gradCamOf(subject, webRuntime(THREADS)),
  check: async (index: number, models: ContractModels) => CHECKS[index]?.observe(webRuntime(THREADS), models),
};

export type LimnPage = typeof limn;

Object.assign(globalThis, { limn });
