import { checkOperator } from "../testing/check-operator.js";

checkOperator("DepthToSpace", [
  { name: "default is DCR", inputs: [[1, 8, 2, 3]], attributes: { blocksize: 2 } },
  { name: "CRD", inputs: [[2, 8, 1, 2]], attributes: { blocksize: 2, mode: "CRD" } },
]);
