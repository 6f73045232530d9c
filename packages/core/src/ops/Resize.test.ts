import { type AttributeInit, float } from "../graph/attributes.js";
import { checkOperator, type OperatorCase } from "../testing/check-operator.js";

const AS_PYTORCH = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
const LINEAR = { mode: "linear" };
const CUBIC = { mode: "cubic" };

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
  by("cubic, up", [1, 2, 3, 4], [1, 1, 2, 1.5], CUBIC),
  by("cubic, down, align_corners", [1, 1, 5, 6], [1, 1, 0.6, 0.5], {
    ...CUBIC,
    coordinate_transformation_mode: "align_corners",
  }),
  by("cubic, other slope, nothing outside", [1, 1, 4, 5], [1, 1, 1.5, 0.6], {
    ...CUBIC,
    cubic_coeff_a: float(-0.5),
    exclude_outside: 1,
  }),
  by("linear, antialias, down", [1, 1, 7, 6], [1, 1, 0.4, 0.5], { ...LINEAR, antialias: 1 }),
  by("linear, antialias, up", [1, 1, 3, 4], [1, 1, 2, 1.5], { ...LINEAR, antialias: 1 }),
  by("cubic, antialias, down", [1, 1, 9, 8], [1, 1, 0.4, 0.5], { ...CUBIC, antialias: 1 }),
  by("cubic, antialias, up", [1, 1, 3, 4], [1, 1, 2, 1.5], { ...CUBIC, antialias: 1 }),
  ...["not_larger", "not_smaller"].map((keep_aspect_ratio_policy) => ({
    name: `${keep_aspect_ratio_policy}, sizes`,
    inputs: [[1, 1, 4, 6], undefined, undefined, { dtype: "int64", dims: [2], data: [7, 9], constant: true } as const],
    attributes: { ...LINEAR, axes: [2, 3], keep_aspect_ratio_policy },
  })),
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
