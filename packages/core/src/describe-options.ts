import { z } from "zod";

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
export const describeOptions = ({ options }: { readonly options: z.ZodObject }): OptionFacts[] =>
  Object.entries(options.shape).map(([name, schema]) => ({
    name,
    usual: (schema as z.ZodType).safeParse(undefined).data,
    choices: choicesOf(schema),
    description: (schema as z.ZodType).description ?? "",
  }));

const choicesOf = (schema: unknown): OptionFacts["choices"] =>
  schema instanceof z.ZodDefault ? choicesOf(schema.unwrap()) : schema instanceof z.ZodEnum ? schema.options : [];
