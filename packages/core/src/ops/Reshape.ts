import { reshaping } from "./reshaping.js";

export const Reshape = reshaping("shape");
