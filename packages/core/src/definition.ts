import * as v from "valibot";
import { LimnError, reasonOf } from "./error.js";
import { mistakeOf } from "./mistake.js";

// For operators, methods and rules, which users may define: every mistake is reported with the name of the definition.

/**
 * Checks the fields of a definition; TypeScript has checked them already for those who use it.
 * @param kind what it defines, for messages
 * @throws LimnError `bad-option` naming the definition and the field
 */
export function checkDefinition(
  kind: string,
  definition: object,
  fields: Readonly<Record<string, v.GenericSchema>>,
): void {
  // what a field must be is told of one that is missing, too
  const missing = Object.fromEntries(Object.keys(fields).map((field) => [field, undefined]));
  const checked = v.safeParse(v.strictObject(fields), { ...missing, ...definition });
  if (checked.success) return;
  const { path, message } = mistakeOf(checked.issues);
  const field = path.join(".");
  const { name: given } = { name: undefined, ...definition };
  const name = typeof given === "string" ? ` ${given}` : "";
  throw new LimnError(
    "bad-option",
    `${kind}${name}: ${field ? `${field}: ` : ""}${message}; its fields are ${Object.keys(fields).join(", ")}`,
  );
}

/** An object that throws for names that it lacks, instead of giving undefined. @param whose name of the definition that reads it */
export const refusingUnknown = <T extends object>(object: T, whose: string): T =>
  new Proxy(object, {
    get(target, key, receiver) {
      if (typeof key !== "string" || key in target) return Reflect.get(target, key, receiver);
      const names = Object.keys(target).join(", ");
      throw new LimnError("bad-option", `${whose} asks for "${key}", which does not exist; choose one of ${names}`);
    },
  });

/**
 * Runs code of a definition: what goes wrong inside is told as the definition's own fault.
 * @param what the definition and its part, for messages
 * @throws LimnError `bad-option` with the reason, or what the code itself raised as a LimnError
 */
export function blaming<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof LimnError) throw error;
    throw new LimnError("bad-option", `${what} threw "${reasonOf(error)}"; correct it there`, { cause: error });
  }
}

/** A value that someone's code gave instead of another one, for messages. */
export function told(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Promise) return "a promise";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
