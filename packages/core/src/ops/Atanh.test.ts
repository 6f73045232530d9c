import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Atanh",
  [
    { name: "vector", inputs: [[7]], range: [-0.8, 0.8] },
    { name: "image", inputs: [[1, 2, 2, 3]], range: [-0.8, 0.8] },
    { name: "scalar", inputs: [[]], range: [-0.8, 0.8] },
  ],
  { withoutGolden: RARE },
);
