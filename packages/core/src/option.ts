import * as v from "valibot";

/** A schema of the options of a method or a rule: `v.object({ ... })` or `v.strictObject({ ... })` of valibot. */
export type OptionsSchema =
  | v.ObjectSchema<v.ObjectEntries, v.ErrorMessage<v.ObjectIssue> | undefined>
  | v.StrictObjectSchema<v.ObjectEntries, v.ErrorMessage<v.StrictObjectIssue> | undefined>;

/** An option with its default and what it does, for help texts and tables. */
export const option = <S extends v.GenericSchema, const D extends v.InferInput<S> | undefined>(
  schema: S,
  usual: D,
  description: string,
) => v.optional(v.pipe(schema, v.description(description)), usual);

/** Whether something is a schema of options, from whatever copy of valibot. */
export const isOptionsSchema = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "schema" && "entries" in value;
