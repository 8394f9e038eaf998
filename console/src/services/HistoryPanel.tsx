import { getJson } from '../api/client';
import type { Change, ChangesAnswer, DiffAnswer } from '../api/types';
import { usePolling } from '../api/usePolling';
import { reasonWords } from '../operate/logic';
import { Badge, Empty, PollState, When } from '../ui/parts';
import { go } from '../ui/route';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { type Health, address, fieldChanges, shortId } from './logic';

const SHOWN = 100;

/** What happened to a service, and what differs between two revisions of it. */
export function HistoryPanel(props: { service: string; revision: number; query: URLSearchParams }) {
  const { service, revision } = props;
  const now = useNow();
  const name = encodeURIComponent(service);
  const since = Math.max(0, revision - SHOWN);
  const polled = usePolling<ChangesAnswer>(
    `history ${service} ${revision}`,
    (signal) => getJson(`/console/api/registry/v1/changes?service=${name}&since=${since}`, signal),
    30_000,
  );
  const changes = [...(polled.data?.changes ?? [])].reverse();
  const oldest = changes.length > 0 ? changes[changes.length - 1]!.revision - 1 : revision;
  const to = number(props.query.get('to'), revision);
  const from = number(props.query.get('from'), Math.max(oldest, to - 1));
  const choose = (a: number, b: number) =>
    go(`/services?name=${name}&view=history&from=${Math.min(a, b)}&to=${Math.max(a, b)}`, { replace: true });

  const columns: Column<Change>[] = [
    {
      head: 'From',
      labelled: true,
      cell: (change) => (
        <input
          type="radio"
          name="from"
          aria-label={`compare from revision ${change.revision}`}
          checked={from === change.revision}
          onChange={() => choose(change.revision, to)}
        />
      ),
    },
    {
      head: 'To',
      cell: (change) => (
        <input
          type="radio"
          name="to"
          aria-label={`compare up to revision ${change.revision}`}
          checked={to === change.revision}
          onChange={() => choose(Math.min(from, change.revision - 1), change.revision)}
        />
      ),
    },
    { head: 'Revision', kind: 'num', cell: (change) => change.revision },
    { head: 'When', className: 'nowrap', cell: (change) => <When atMs={change.atMs} now={now} /> },
    { head: 'What', cell: (change) => <Badge health={changeHealth(change)}>{change.type.toLowerCase()}</Badge> },
    {
      head: 'Who',
      className: 'mono nowrap',
      title: (change) => change.id,
      cell: (change) => (change.instance ? address(change.instance) : shortId(change.id)),
    },
    {
      head: 'Why',
      className: 'why',
      cell: (change) => (
        <>
          {reasonWords(change.reason)}
          {change.instance?.overridden?.by.map((by) => (
            <span key={by} className="why-line quiet">
              {by.replace(/^[^:]*: /, '')}
            </span>
          ))}
        </>
      ),
    },
  ];
  return (
    <>
      <Diff service={service} from={from} to={to} />
      <h3>What happened</h3>
      <PollState polled={polled} what="history" />
      {polled.data && changes.length === 0 && <Empty title="Nothing has happened to this service yet." />}
      {changes.length > 0 && (
        <Table
          className="history"
          columns={columns}
          rows={changes}
          keyOf={(change) => String(change.revision)}
          rowClass={(change) => (change.revision > from && change.revision <= to ? 'within' : undefined)}
        />
      )}
    </>
  );
}

function Diff(props: { service: string; from: number; to: number }) {
  const { from, to } = props;
  const query = new URLSearchParams({ service: props.service, from: String(from), to: String(to) });
  const polled = usePolling<DiffAnswer>(
    from < to ? `diff ${query}` : null,
    (signal) => getJson(`/console/api/registry/v1/diff?${query}`, signal),
    60_000,
  );
  const differences = polled.data?.differences ?? [];
  return (
    <div className="diff" aria-live="polite">
      <h3>
        From revision {from} to {to}
      </h3>
      {from >= to ? (
        <p className="quiet diff-none">Choose an earlier revision under “From” to see what differs.</p>
      ) : (
        <PollState polled={polled} what="what differs" />
      )}
      {polled.data && differences.length === 0 && (
        <p className="quiet diff-none">Nothing differs: what happened in between was taken back.</p>
      )}
      <ul className="diff-list">
        {differences.map((each) => {
          const instance = each.after ?? each.before;
          return (
            <li key={each.id}>
              <span className={`diff-sign diff-${each.what}`} aria-hidden="true">
                {each.what === 'added' ? '+' : each.what === 'removed' ? '−' : '~'}
              </span>
              <span className="mono strong" title={each.id}>
                {instance ? address(instance) : shortId(each.id)}
              </span>
              <span>{each.what}</span>
              <span className="quiet">{reasonWords(each.reason)}</span>
              {each.before && each.after && (
                <ul className="diff-fields">
                  {fieldChanges(each.before, each.after).map((field) => (
                    <li key={field.name}>
                      <span className="quiet">{field.name}</span> <del>{field.before}</del> → <ins>{field.after}</ins>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function number(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}

function changeHealth(change: Change): Health {
  if (change.type !== 'REMOVED') {
    return change.reason === 'held' || change.reason === 'probe-failed' ? 'warn' : 'idle';
  }
  return ['graceful', 'operator', 'replaced'].includes(change.reason ?? '') ? 'idle' : 'bad';
}
