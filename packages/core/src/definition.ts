import * as v from "valibot";
import { LimnError } from "./error.js";
import { mistakeOf } from "./mistake.js";

// What methods and rules share that a user may define: mistakes are told with the name of the definition.

/**
 * Checks the fields of a definition, which TypeScript has checked already for those who write it.
 * @param kind what it defines, for messages
 * @throws LimnError `bad-option` naming the definition and the field
 */
export function checkDefinition(
  kind: string,
  definition: { readonly name: string },
  fields: Readonly<Record<string, v.GenericSchema>>,
): void {
  // what a field must be is told of one that is missing, too
  const missing = Object.fromEntries(Object.keys(fields).map((field) => [field, undefined]));
  const checked = v.safeParse(v.strictObject(fields), { ...missing, ...definition });
  if (checked.success) return;
  const { path, message } = mistakeOf(checked.issues);
  const field = path.join(".");
  const name = typeof definition?.name === "string" ? ` ${definition.name}` : "";
  throw new LimnError(
    "bad-option",
    `${kind}${name}: ${field ? `${field}: ` : ""}${message}; its fields are ${Object.keys(fields).join(", ")}`,
  );
}

/** An object whose unknown names are told, rather than read as undefined. @param whose name of the definition that reads it */
export const refusingUnknown = <T extends object>(object: T, whose: string): T =>
  new Proxy(object, {
    get(target, key, receiver) {
      if (typeof key !== "string" || key in target) return Reflect.get(target, key, receiver);
      const names = Object.keys(target).join(", ");
      throw new LimnError("bad-option", `${whose} asks for "${key}", which is not there; there are ${names}`);
    },
  });
