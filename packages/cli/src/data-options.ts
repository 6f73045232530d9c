import { ONE_TARGET } from "@limn/core";
import { DATA_FORMATS, type DataChoice, type DataFormat } from "@limn/evaluate";
import { type Command, Option } from "commander";
import {
  GROUPS,
  given,
  grouped,
  once,
  type PictureOptions,
  parseCount,
  parseNumber,
  withPictureOptions,
} from "./options.js";

/** Options of commands for whole data sets. */
export interface DataOptions extends PictureOptions {
  readonly data: string;
  readonly format?: DataFormat;
  readonly split?: string;
  readonly sample?: number;
  readonly seed?: number;
  readonly pictures?: string;
  readonly mapping?: string;
}

/** What help says of --data. */
export const DATA =
  "a folder with a folder for each class, a manifest (.csv, .jsonl), COCO JSON, the address of one of these two, a PASCAL VOC folder, or scenes:1000";

export const withDataOptions = (command: Command): Command =>
  withDataDetails(grouped(command, GROUPS.data, (command) => command.requiredOption("--data <data>", DATA)));

/** The options about data, except --data itself. */
export const withDataDetails = (command: Command): Command =>
  grouped(withPictureOptions(command), GROUPS.data, (command) =>
    command
      .addOption(new Option("--format <name>", "the data's format, if it is not recognized").choices(DATA_FORMATS))
      .option("--split <name>", "only a part of the data, such as val")
      .option("--sample <n>", "only n pictures, chosen at random", parseCount)
      .option("--seed <n>", "the same seed chooses the same pictures (default: 0)", parseNumber)
      .option("--pictures <dir>", "the folder or address of the pictures that a manifest or COCO JSON names")
      .option("--mapping <file>", "JSON or CSV that says which class of the model each class of the data is"),
  );

/** The class that each picture of a data set is explained for. @param more what help says of other targets */
export const targetOption = (more = ""): Option =>
  new Option(
    "--target <class>",
    `the class that each picture is explained for: "label" for that of its label, or the predicted one if it has none; "predicted"; or a class by its index or name${more} (default: "label")`,
  ).argParser(once("--target", ONE_TARGET));

export const dataChoice = ({ data, format, split, sample, seed, pictures, range }: DataOptions): DataChoice => ({
  data,
  ...given({ format, split, sample, seed, pictures, range }),
});
