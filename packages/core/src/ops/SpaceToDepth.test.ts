import { checkOperator } from "../testing/check-operator.js";

checkOperator("SpaceToDepth", [{ name: "blocksize 2", inputs: [[2, 2, 2, 4]], attributes: { blocksize: 2 } }]);
