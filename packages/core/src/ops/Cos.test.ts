import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Cos",
  [
    { name: "vector", inputs: [[7]], range: [-3, 3] },
    { name: "image", inputs: [[1, 2, 2, 3]], range: [-3, 3] },
    { name: "scalar", inputs: [[]], range: [-3, 3] },
  ],
  { withoutGolden: RARE },
);
