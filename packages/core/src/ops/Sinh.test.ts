import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Sinh",
  [
    { name: "vector", inputs: [[7]], range: [-2, 2] },
    { name: "image", inputs: [[1, 2, 2, 3]], range: [-2, 2] },
    { name: "scalar", inputs: [[]], range: [-2, 2] },
  ],
  { withoutGolden: RARE },
);
