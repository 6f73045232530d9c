import { reshaping } from "./reshaping.js";

export const Unsqueeze = reshaping("axes");
