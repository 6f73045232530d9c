import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Tan",
  [
    { name: "vector", inputs: [[7]], range: [-1.2, 1.2] },
    { name: "image", inputs: [[1, 2, 2, 3]], range: [-1.2, 1.2] },
    { name: "scalar", inputs: [[]], range: [-1.2, 1.2] },
  ],
  { withoutGolden: RARE },
);
