import { z } from "zod";

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
export const describeOptions = ({ options }: { readonly options: z.ZodObject }): OptionFacts[] =>
  Object.entries(options.shape).map(([name, schema]) => ({
    name,
    usual: (schema as z.ZodType).safeParse(undefined).data,
    choices: choicesOf(schema),
    description: (schema as z.ZodType).description ?? "",
  }));

const choicesOf = (schema: unknown): OptionFacts["choices"] =>
  schema instanceof z.ZodDefault ? choicesOf(schema.unwrap()) : schema instanceof z.ZodEnum ? schema.options : [];
