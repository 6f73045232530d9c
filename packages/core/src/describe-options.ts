import * as v from "valibot";
import type { OptionsSchema } from "./option.js";

/** An option of a method or a rule, for help texts, tables and forms. */
export interface OptionFacts {
  readonly name: string;
  /** Its default; undefined if it has none. */
  readonly usual: unknown;
  /** The words or numbers that it may be, if there are only a few; otherwise empty. */
  readonly choices: readonly (string | number)[];
  readonly description: string;
}

/** The options of a method or a rule, read from their schema, in its order. */
export const describeOptions = ({ options }: { readonly options: OptionsSchema }): OptionFacts[] =>
  Object.entries(options.entries as Readonly<Record<string, v.GenericSchema>>).map(([name, schema]) => {
    const given = withoutDefault(schema);
    return {
      name,
      usual: v.getDefault(schema),
      choices: "options" in given && given.type === "picklist" ? (given.options as OptionFacts["choices"]) : [],
      description: v.getDescription(schema) ?? v.getDescription(given) ?? "",
    };
  });

const withoutDefault = (schema: v.GenericSchema): v.GenericSchema =>
  "wrapped" in schema ? withoutDefault(schema.wrapped as v.GenericSchema) : schema;
