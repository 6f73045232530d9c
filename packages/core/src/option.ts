import * as v from "valibot";

/** A schema of the options of a method or a rule: valibot's `v.object({ ... })` or `v.strictObject({ ... })`. */
export type OptionsSchema =
  | v.ObjectSchema<v.ObjectEntries, v.ErrorMessage<v.ObjectIssue> | undefined>
  | v.StrictObjectSchema<v.ObjectEntries, v.ErrorMessage<v.StrictObjectIssue> | undefined>;

/**
 * An option of a method or a rule.
 * @param usual the default; undefined where the option may stay out
 * @param description what it does, for help texts and tables
 */
export const option = <S extends v.GenericSchema, const D extends v.InferInput<S> | undefined>(
  schema: S,
  usual: D,
  description: string,
) => v.optional(v.pipe(schema, v.description(description)), usual);

/** Whether something is an `OptionsSchema`. */
export function isOptionsSchema(value: unknown): boolean {
  const { kind, type, entries } = (value ?? {}) as Partial<OptionsSchema>;
  const isObject = kind === "schema" && (type === "object" || type === "strict_object");
  return isObject && Object.values(entries ?? {}).every((entry) => entry?.kind === "schema");
}
