import { useState } from 'react';
import type { LiveAnswer, LiveMethod } from '../api/types';
import type { Polled } from '../api/usePolling';
import { millis, percent, rate } from '../ui/format';
import { Empty, FilterBox, PollState } from '../ui/parts';
import { go } from '../ui/route';
import { MethodPanel } from './MethodPanel';
import { type History, type Sort, type SortKey, arrangeMethods, isPlatforms, methodKey, nextSort, sparkPath, sparkValues } from './logic';

const COLUMNS: readonly [SortKey, string][] = [
  ['rate', 'Rate /s'],
  ['errors', 'Errors'],
  ['p50', 'p50'],
  ['p99', 'p99'],
  ['max', 'max'],
];
const SHOWN = 200;
/** two minutes of polls */
const SPARK_SAMPLES = 60;

export function MethodsPage(props: { live: Polled<LiveAnswer>; history: History; query: URLSearchParams }) {
  const [filter, setFilter] = useState(props.query.get('filter') ?? '');
  const [sort, setSort] = useState<Sort>({ key: 'rate', descending: true });
  const [shown, setShown] = useState(SHOWN);
  const service = props.query.get('service');
  const method = props.query.get('method');
  const selected = service && method ? { service, method } : null;
  const [whole, setWhole] = useState(false);
  const every = props.live.data?.methods ?? [];
  const all = whole ? every : every.filter((row) => !isPlatforms(row));
  const arranged = arrangeMethods(all, filter, sort);

  return (
    <>
      {selected && (
        <MethodPanel
          key={methodKey(selected)}
          service={selected.service}
          method={selected.method}
          now={every.find((m) => methodKey(m) === methodKey(selected))}
          live={props.live}
          history={props.history}
        />
      )}
      <section className="card" aria-labelledby="methods-title">
        <div className="card-head">
          <h1 id="methods-title">Methods</h1>
          <p className="quiet">the last minute, every 2 s</p>
          <button type="button" className="toggle" aria-pressed={whole} onClick={() => setWhole(!whole)}>
            With moa’s own
          </button>
          <FilterBox value={filter} onChange={setFilter} label="Filter methods" />
        </div>
        <PollState polled={props.live} what="methods" />
        {props.live.data && all.length === 0 && (
          <Empty title="Nothing was called in the last minute.">
            <p>
              Send a call on the page “Try it”, or keep traffic on with <code>./moa up --demo</code>.
            </p>
          </Empty>
        )}
        {all.length > 0 && arranged.length === 0 && <Empty title={`No method matches “${filter}”.`} />}
        {arranged.length > 0 && (
          <div className="table-scroll">
            <table className="table rows-link">
              <thead>
                <tr>
                  <SortHead label="Method" column="name" sort={sort} onSort={setSort} />
                  <th scope="col" className="wide">Rate, last 2 min</th>
                  {COLUMNS.map(([key, label]) => (
                    <SortHead key={key} label={label} column={key} sort={sort} onSort={setSort} numeric />
                  ))}
                </tr>
              </thead>
              <tbody>
                {arranged.slice(0, shown).map((row) => (
                  <MethodRow
                    key={methodKey(row)}
                    row={row}
                    history={props.history}
                    selected={selected !== null && methodKey(row) === methodKey(selected)}
                  />
                ))}
              </tbody>
            </table>
            {arranged.length > shown && (
              <button type="button" className="more" onClick={() => setShown(shown + SHOWN)}>
                Show {Math.min(SHOWN, arranged.length - shown)} more of {arranged.length}
              </button>
            )}
          </div>
        )}
      </section>
    </>
  );
}

function SortHead(props: {
  label: string;
  column: SortKey;
  sort: Sort;
  onSort: (sort: Sort) => void;
  numeric?: boolean;
}) {
  const active = props.sort.key === props.column;
  return (
    <th
      scope="col"
      className={props.numeric ? 'num' : undefined}
      aria-sort={active ? (props.sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className="sort" onClick={() => props.onSort(nextSort(props.sort, props.column))}>
        {props.label}
        <span aria-hidden="true" className={active ? 'arrow' : 'arrow arrow-idle'}>
          {active && !props.sort.descending ? '↑' : '↓'}
        </span>
      </button>
    </th>
  );
}

function MethodRow(props: { row: LiveMethod; history: History; selected: boolean }) {
  const { row } = props;
  const query = new URLSearchParams({ service: row.service, method: row.method });
  const values = sparkValues(props.history.of(methodKey(row)), SPARK_SAMPLES);
  const tone = row.errorRatio >= 0.05 ? 'text-bad' : row.errorRatio > 0 ? 'text-warn' : 'quiet';
  return (
    <tr className={props.selected ? 'selected' : undefined}>
      <td className="name">
        <a
          href={`/methods?${query}`}
          aria-current={props.selected ? 'true' : undefined}
          onClick={(event) => {
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
              event.preventDefault();
              go(props.selected ? '/methods' : `/methods?${query}`);
              window.scrollTo({ top: 0 });
            }
          }}
        >
          <span className="quiet">{row.service}/</span>
          <strong>{row.method}</strong>
        </a>
        {row.side === 'client' && <span className="quiet"> as callers see it</span>}
      </td>
      <td className="wide">
        <svg className="spark" width="120" height="22" viewBox="0 0 120 22" aria-hidden="true">
          <path d={sparkPath(values, 120, 22)} />
        </svg>
      </td>
      <td className="num strong">{rate(row.ratePerSecond)}</td>
      <td className={`num ${tone}`}>{percent(row.errorRatio)}</td>
      <td className="num">{millis(row.p50Ms)}</td>
      <td className="num">{millis(row.p99Ms)}</td>
      <td className="num quiet">{millis(row.maxMs)}</td>
    </tr>
  );
}
