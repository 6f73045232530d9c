import { checkOperator, RARE } from "../testing/check-operator.js";

checkOperator(
  "Acosh",
  [
    { name: "vector", inputs: [[7]], range: [1.5, 4] },
    { name: "image", inputs: [[1, 2, 2, 3]], range: [1.5, 4] },
    { name: "scalar", inputs: [[]], range: [1.5, 4] },
  ],
  { withoutGolden: RARE },
);
