import { z } from "zod";
import { LimnError } from "./error.js";

// For methods and rules, which users may define: every mistake is reported with the name of the definition.

/**
 * Checks the fields of a definition; TypeScript has checked them already for those who use it.
 * @param kind what it defines, for messages
 * @throws LimnError `bad-option` naming the definition and the field
 */
export function checkDefinition(
  kind: string,
  definition: { readonly name: string },
  fields: Readonly<Record<string, z.ZodType>>,
): void {
  const checked = z.strictObject(fields).safeParse(definition);
  if (checked.success) return;
  const { path, message } = mistakeOf(checked.error);
  const field = path.join(".");
  const name = typeof definition?.name === "string" ? ` ${definition.name}` : "";
  throw new LimnError(
    "bad-option",
    `${kind}${name}: ${field ? `${field}: ` : ""}${message}; its fields are ${Object.keys(fields).join(", ")}`,
  );
}

interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The first mistake that a schema found: of a choice, that of the alternative which came the furthest. */
export const mistakeOf = ({ issues }: z.ZodError): Mistake => deepest(issues[0] as z.core.$ZodIssue);

function deepest(issue: z.core.$ZodIssue): Mistake {
  if (issue.code !== "invalid_union") return issue;
  const [inner] = issue.errors
    .flat()
    .map(deepest)
    .sort((a, b) => b.path.length - a.path.length);
  return inner && inner.path.length > 0 ? { ...inner, path: [...issue.path, ...inner.path] } : issue;
}

/** An object that throws for names that it lacks, instead of giving undefined. @param whose name of the definition that reads it */
export const known = <T extends object>(object: T, whose: string): T =>
  new Proxy(object, {
    get(target, key, receiver) {
      if (typeof key !== "string" || key in target) return Reflect.get(target, key, receiver);
      const names = Object.keys(target).join(", ");
      throw new LimnError("bad-option", `${whose} asks for "${key}", which does not exist; choose one of ${names}`);
    },
  });
