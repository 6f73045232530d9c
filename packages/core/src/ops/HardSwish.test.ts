import { checkOperator } from "../testing/check-operator.js";

checkOperator("HardSwish", [{ name: "all three pieces", inputs: [{ dims: [2, 3], data: [-4, -2.5, -1, 0, 2, 3.5] }] }]);
