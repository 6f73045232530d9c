import { reshaping } from "./reshaping.js";

export const Flatten = reshaping();
