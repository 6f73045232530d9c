import type { EmittedOperator } from "./shapes.js";
import type { DataType } from "./tensor.js";

/**
 * What ONNX Runtime's CPU has no kernel for in a type, of what Limn emits: found by loading and running each in each type.
 * In float16 it loads all, but does not add up what it scatters.
 */
const LACKS: Partial<Record<DataType, ReadonlySet<EmittedOperator>>> = {
  float16: new Set<EmittedOperator>(["ScatterElements", "ScatterND"]),
  float64: new Set<EmittedOperator>([
    "AveragePool",
    "Conv",
    "ConvTranspose",
    "Cosh",
    "Erf",
    "HardSigmoid",
    "OneHot",
    "ReduceL1",
    "Resize",
    "Sinh",
    "Softplus",
  ]),
};

/** Whether an operator has to be run in float32 on values of a type. */
export const needsFloat32 = (opType: EmittedOperator, dtype: DataType | undefined): boolean =>
  dtype !== undefined && LACKS[dtype]?.has(opType) === true;
