import type { ReactNode } from 'react';

/** A column: its head, and what stands in it. The first one is the title of the row on small screens. */
export interface Column<Row> {
  head: string;
  cell: (row: Row, place: number) => ReactNode;
  /** num: numbers at the right; wide: left out on small screens; end: buttons, whose head only a screen reader says */
  kind?: 'num' | 'wide' | 'end';
  /** whether the first cell carries its head on small screens, too */
  labelled?: boolean;
  className?: string;
  title?: (row: Row) => string | undefined;
}

/** Rows under columns; on a small screen each row is a block whose cells carry the heads of their columns. */
export function Table<Row>(props: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, place: number) => string;
  rowClass?: (row: Row) => string | undefined;
  className?: string;
}) {
  const { columns } = props;
  return (
    <div className="table-scroll">
      <table className={`table stack ${props.className ?? ''}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.kind}>
                {column.kind === 'end' ? <span className="visually-hidden">{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, place) => (
            <tr key={props.keyOf(row, place)} className={props.rowClass?.(row)}>
              {columns.map((column, at) => (
                <td
                  key={column.head}
                  className={[column.kind, column.className].filter(Boolean).join(' ') || undefined}
                  data-label={
                    (at === 0 && !column.labelled) || column.kind === 'end' || column.kind === 'wide' ? undefined : column.head
                  }
                  title={column.title?.(row)}
                >
                  {column.cell(row, place)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
