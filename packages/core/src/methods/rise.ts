import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { counted, hats, interpolated } from "../graph/interpolation.js";
import { add, cast, div, floor, less, mul, reshape, slice, sub, unsqueeze } from "../graph/math.js";
import { uniform } from "../graph/random.js";
import { option } from "../option.js";
import { defineIteratedMethod } from "./define.js";
import { countOption, pictureSize, randomSeedOption, samplesOf, stepsFor, weightedSum, zeros } from "./samples.js";

/**
 * RISE (Petsiuk, Das, Saenko 2018), eq. 6 and sec. 3.2: the mean of random masks, weighted by the class's probability
 * when the preprocessed picture is multiplied by them.
 *
 *   S = 1 / (p N) sum_i f_c(I * M_i) M_i
 *
 * A mask is a grid of s x s cells, 1 with probability p and 0 otherwise, magnified bilinearly to s + 1 times the cell
 * size ceil(H / s) and cut to the picture's size at a random place within one cell, as in the authors' code.
 */
export const rise = defineIteratedMethod({
  name: "rise",
  summary: "which regions keep the class probable when random others are hidden; needs no gradients",
  source: "Petsiuk, Das, Saenko 2018, eq. 6",
  family: "hiding parts",
  table: { runs: "4000", aboutClass: "yes", needs: "nothing but scores" },
  floating: true,
  usesLayer: false,
  options: v.object({
    masks: countOption(
      4000,
      "random masks, each of which costs a run of the model: 4000 take as long as 4000 pictures",
    ),
    cells: option(
      v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(64)),
      7,
      "cells of a mask, along each side",
    ),
    probability: option(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.5, "with which a cell shows the picture"),
    seed: randomSeedOption,
  }),
  signed: () => false,
  steps: (context, { masks }) => stepsFor(masks, context),
  begin: ({ image, channelAxis }) => ({ total: zeros(image, [1, ...pictureSize(image, channelAxis)]) }),
  step(context, { total }, { masks: count, cells, probability, seed }) {
    const { image, channelAxis, step, batch, classify } = context;
    const [height, width] = pictureSize(image, channelAxis);
    const grids = cast(less(uniform({ seed, stream: 0, step }, [batch, cells, cells]), probability), "float32");
    const shifts = uniform({ seed, stream: 1, step }, [batch, 2]);
    const masks = interpolated(grids, shiftedRows(shifts, 0, height, cells), shiftedRows(shifts, 1, width, cells));
    const { probability: kept } = classify(mul(image, unsqueeze(masks, [channelAxis])));
    const { live } = samplesOf(context, count);
    return { total: add(total, weightedSum(mul(kept, live), masks)) };
  },
  end: (_, { total }, { masks, probability }) => div(total, masks * probability),
});

/**
 * The matrix that reads the picture's rows (or columns) from each mask's grid.
 *
 *   u = (i + shift + 1/2) s / ((s + 1) cell) - 1/2      shift in 0, 1 ... cell - 1      cell = ceil(size / s)
 *
 * @param shifts uniform in [0, 1), [batch, 2]
 * @returns [batch, size, cells]
 */
function shiftedRows(shifts: Value, axis: 0 | 1, size: number, cells: number): Value {
  const cell = Math.ceil(size / cells);
  const shift = floor(mul(slice(shifts, [{ axis: 1, start: axis, end: axis + 1 }]), cell));
  const pixels = reshape(counted(shifts, size), [1, size]);
  return hats(sub(mul(add(add(pixels, shift), 0.5), cells / ((cells + 1) * cell)), 0.5), cells);
}
