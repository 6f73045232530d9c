import type { AttributeInit } from "../graph/attributes.js";
import { checkOperator, type OperatorCase } from "../testing/check-operator.js";

const AS_PYTORCH = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
const LINEAR = { mode: "linear" };

checkOperator("Resize", [
  by("nearest, whole factors", [1, 2, 2, 3], [1, 1, 2, 3], AS_PYTORCH),
  by("nearest, defaults", [2, 1, 2, 2], [1, 1, 2, 2]),
  by("nearest, other factors", [1, 1, 3, 4], [1, 1, 1.5, 0.5], AS_PYTORCH),
  by("nearest, factor 2, prefers the neighbor", [1, 1, 3], [1, 1, 2], { ...AS_PYTORCH, nearest_mode: "ceil" }),
  by("linear, half_pixel", [1, 2, 3, 2], [1, 1, 2, 2.5], LINEAR),
  by("linear, align_corners", [1, 1, 2, 3], [1, 1, 2, 2], {
    ...LINEAR,
    coordinate_transformation_mode: "align_corners",
  }),
  by("linear, 1-D, down", [1, 2, 5], [1, 1, 0.6], LINEAR),
  by("linear, half_pixel_symmetric", [1, 1, 3, 2], [1, 1, 1.5, 1.8], {
    ...LINEAR,
    coordinate_transformation_mode: "half_pixel_symmetric",
  }),
  {
    name: "linear, sizes along given axes",
    inputs: [[1, 1, 2, 3], undefined, undefined, { dtype: "int64", dims: [2], data: [5, 3], constant: true }],
    attributes: { ...LINEAR, axes: [3, 2] },
  },
]);

function by(name: string, dims: number[], scales: number[], attributes: AttributeInit = {}): OperatorCase {
  return { name, inputs: [dims, undefined, { dims: [scales.length], data: scales, constant: true }], attributes };
}

// the older form, which the dialect writes as Resize
checkOperator("Upsample", [
  {
    name: "nearest",
    opset: 9,
    attributes: { mode: "nearest" },
    inputs: [[1, 2, 2, 3], { dims: [4], data: [1, 1, 2, 3], constant: true }],
  },
  {
    name: "linear",
    opset: 9,
    attributes: { mode: "linear" },
    inputs: [[1, 1, 3, 2], { dims: [4], data: [1, 1, 2, 2], constant: true }],
  },
]);
