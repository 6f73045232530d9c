import { checkOperator, RARE } from "../testing/check-operator.js";

// away from the whole quotients, where it jumps
const a = { dims: [2, 3], data: [2.3, -2.3, 4.6, -4.6, 0.7, 7.7] };
const b = { dims: [3], data: [1.1, 1.5, 1.9] };

checkOperator("Mod", [{ name: "of floats, as C's fmod", inputs: [a, b], attributes: { fmod: 1 } }], {
  withoutGolden: RARE,
});
