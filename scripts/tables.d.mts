export interface Table {
  /** From the repository's root. */
  readonly file: string;
  readonly name: string;
  readonly make: () => string;
}

export const TABLES: readonly Table[];

export function withTable(table: Table): string;
