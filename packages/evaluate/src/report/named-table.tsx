import type { ComponentChildren, JSX } from "preact";

/** A row or column of a table. */
export interface Named {
  readonly name: string;
  /** What its head shows. Default: the name. */
  readonly head?: ComponentChildren;
  /** More about it, for those who point at its head. */
  readonly title?: string;
}

/** A table whose rows and columns have names; wide ones scroll. */
export function NamedTable<Row extends Named, Column extends Named>(props: {
  /** `heat`: columns are narrow, and their names stand upright; `measures`: the first column has a name, too. */
  readonly kind?: "heat" | "measures";
  readonly caption?: ComponentChildren;
  /** The name of the first column. */
  readonly corner?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** A `td` with what stands at their crossing. */
  readonly cell: (row: Row, column: Column) => JSX.Element;
}): JSX.Element {
  const { kind, caption, corner, columns, rows, cell } = props;
  const isHeat = kind === "heat";
  const table = (
    <table class={kind}>
      {caption && <caption>{caption}</caption>}
      <thead>
        <tr>
          <th scope={corner === undefined ? undefined : "col"}>{corner}</th>
          {columns.map(({ name, head = name, title = isHeat ? name : undefined }) => (
            <th scope="col" key={name} title={title}>
              {isHeat ? <span>{head}</span> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.head ?? row.name}</th>
            {columns.map((column) => cell(row, column))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  return kind === undefined ? table : <div class="scroll">{table}</div>;
}

/** Rows or columns that are no more than their names. */
export const named = (names: readonly string[]): Named[] => names.map((name) => ({ name }));
