import { stored } from "../testing/cases.js";
import { checkOperator } from "../testing/check-operator.js";

checkOperator("CastLike", [{ name: "to the same type", inputs: [[2, 3], stored("float32", [1], [0])] }], {
  withoutGolden: "the gradient is Cast's",
});
