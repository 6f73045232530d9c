export function extractDrawings(
  families: Readonly<Record<string, { readonly package: string }>>,
  namesIn: (family: never) => readonly string[],
): string;
