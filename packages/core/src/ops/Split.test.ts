import { checkOperator } from "../testing/check-operator.js";

checkOperator("Split", [
  { name: "uneven", inputs: [[2, 5]], attributes: { axis: 1, num_outputs: 2 }, outputs: 2 },
  {
    name: "lengths given, negative axis",
    inputs: [[2, 5], { dtype: "int64", dims: [3], data: [1, 3, 1], constant: true }],
    attributes: { axis: -1 },
    outputs: 3,
  },
]);
