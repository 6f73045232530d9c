import { COLOR_MAPS } from "@limn/core";
import { type Look, SCALES, type Scale } from "@limn/node";
import { type Command, InvalidArgumentError } from "commander";
import { given, parseNumber } from "./options.js";

/** Options of commands that draw maps. */
export interface LookOptions {
  readonly colormap?: string;
  readonly opacity?: number;
  readonly smooth?: number;
  readonly scale?: Scale;
}

export const withLookOptions = (command: Command): Command =>
  command
    .option("--colormap <name>", `colors of maps: ${COLOR_MAPS.join(", ")} (default: by the kind of map)`)
    .option("--opacity <share>", "of a map's largest values over the picture, 0 to 1 (default: 0.85)", parseNumber)
    .option(
      "--smooth <share>",
      "standard deviation of a Gaussian that smooths maps in pictures, as a share of their longer side, such as 0.01; 0 for none (default: a little for gradients). Numbers are never smoothed",
      parseNumber,
    )
    .option(
      "--scale <name|value>",
      "what the strongest color stands for: each map's own values without the few extreme ones (own, the default), its largest value (full), one value for all classes of a picture (shared), or a number",
      parseScale,
    );

/** The look that the options ask for; `@limn/node` checks the values. */
export const lookOf = ({ colormap, opacity, smooth, scale }: LookOptions): Look =>
  given({ colormap, opacity, smooth, scale });

function parseScale(text: string): Scale {
  const named = SCALES.find((name) => name === text);
  if (named) return named;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(`give ${SCALES.join(", ")}, or a number above 0`);
}
