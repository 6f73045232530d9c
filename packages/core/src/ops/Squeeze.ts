import { reshaping } from "./reshaping.js";

export const Squeeze = reshaping("axes?");
