import { checkStraightThrough } from "../testing/check-straight-through.js";

checkStraightThrough("DynamicQuantizeLinear", [{ name: "the range of x", x: [2, 9] }]);
