import * as v from "valibot";
import type { OptionsSchema } from "./option.js";

/** An option of a method or a rule, for help texts, tables and forms. */
export interface OptionFacts {
  readonly name: string;
  /** Undefined if it has none. */
  readonly usual: unknown;
  /** What it may be, if that is one of a few words or numbers. */
  readonly choices: readonly (string | number)[];
  readonly description: string;
}

/** What the options of a method or a rule are, read off their schema. */
export const describeOptions = ({ options }: { readonly options: OptionsSchema }): OptionFacts[] =>
  Object.entries(options.entries as Readonly<Record<string, v.GenericSchema>>).map(([name, schema]) => ({
    name,
    usual: v.getDefault(schema),
    choices: choicesOf(schema),
    description: descriptionOf(schema),
  }));

const choicesOf = (schema: v.GenericSchema): OptionFacts["choices"] => {
  const inner = innerOf(schema);
  return v.isOfType("picklist", inner)
    ? (inner as unknown as v.PicklistSchema<readonly string[], undefined>).options
    : [];
};

const descriptionOf = (schema: v.GenericSchema): string =>
  v.getDescription(schema) ?? v.getDescription(innerOf(schema)) ?? "";

/** What may be left out, without that. */
const innerOf = (schema: v.GenericSchema): v.GenericSchema =>
  "wrapped" in schema ? innerOf(schema.wrapped as v.GenericSchema) : schema;
