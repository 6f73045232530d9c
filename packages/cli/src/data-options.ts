import { DATA_FORMATS, type DataChoice, type DataFormat } from "@limn/evaluate";
import { type Command, Option } from "commander";
import { given, type PictureOptions, parseCount, parseNumber, withPictureOptions } from "./options.js";

/** Options of commands that look at whole data sets. */
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
  "a folder of class folders, a manifest (.csv, .jsonl) or COCO JSON, also by their address, a PASCAL VOC folder, or scenes:1000";

export const withDataOptions = (command: Command): Command =>
  withDataDetails(command.requiredOption("--data <data>", DATA));

/** The options beside --data. */
export const withDataDetails = (command: Command): Command =>
  withPictureOptions(command)
    .addOption(new Option("--format <name>", "where it is not recognized").choices(DATA_FORMATS))
    .option("--split <name>", "a part of the data, such as val")
    .option("--sample <n>", "so many pictures, chosen at random", parseCount)
    .option("--seed <n>", "the same seed chooses the same pictures (default: 0)", parseNumber)
    .option("--pictures <dir>", "the folder or address of the pictures that a manifest or COCO JSON names")
    .option("--mapping <file>", "JSON or CSV that names the model's class for each class of the data");

/** Which class each of many pictures is explained for: as where there is one, or by what the data says of it. */
export const targetOption = (): Option =>
  new Option(
    "--target <class>",
    'the class that each picture is explained for: "label", its own, or the predicted one where it has none; "predicted"; or a class by its index or name',
  ).default("label");

export const dataChoice = ({ data, format, split, sample, seed, pictures, range }: DataOptions): DataChoice => ({
  data,
  ...given({ format, split, sample, seed, pictures, range }),
});
