import { useState } from 'react';
import { type ApiError, getJson } from '../api/client';
import type { AuditAnswer, AuditEntry } from '../api/types';
import { usePolling } from '../api/usePolling';
import { Badge, Empty, FilterBox, Link, PollState, When } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';

const ACTIONS: Record<string, string> = {
  override: 'put an override in',
  lift: 'lifted an override',
  expire: 'an override ended by itself',
  change: 'changed an instance',
  remove: 'removed an instance',
  drain: 'drained an instance',
  restore: 'restored overrides',
  'switch-on': 'switched a source on',
  'switch-off': 'switched a source off',
  order: 'changed the order of sources',
  shadow: 'tried something in the shadow',
  'shadow-end': 'ended a trial in the shadow',
  pin: 'pinned an answer',
  unpin: 'took a pinned answer back',
};

/** What makes answers other than instances say of themselves. */
const NOTABLE = new Set(['switch-off', 'override', 'pin', 'order']);

interface Both {
  entries: AuditEntry[];
  missing: ApiError[];
}

/** The words of operators at the registry and at the routers, as one list; one of them may be away. */
async function ask(signal: AbortSignal): Promise<Both> {
  const missing: ApiError[] = [];
  const pages = await Promise.all(
    ['registry', 'router'].map((app) =>
      getJson<AuditAnswer>(`/console/api/${app}/v1/audit?limit=300`, signal).catch((failure: ApiError) => {
        missing.push(failure);
        return { entries: [] };
      }),
    ),
  );
  if (missing.length === pages.length) {
    throw missing[0];
  }
  return { entries: pages.flatMap((page) => page.entries).sort((a, b) => b.atMs - a.atMs), missing };
}

function columns(now: number): Column<AuditEntry>[] {
  return [
    { head: 'When', className: 'nowrap', cell: (entry) => <When atMs={entry.atMs} now={now} /> },
    { head: 'Who', className: 'strong', cell: (entry) => entry.author },
    {
      head: 'Did what',
      cell: (entry) => (
        <Badge health={NOTABLE.has(entry.action) ? 'warn' : 'idle'}>{ACTIONS[entry.action] ?? entry.action}</Badge>
      ),
    },
    {
      head: 'To what',
      className: 'mono',
      cell: (entry) =>
        entry.service && entry.service !== '*' ? (
          <Link to={`/services?name=${encodeURIComponent(entry.service)}${/pin$/.test(entry.action) ? '' : '&view=overrides'}`}>
            {entry.service}
          </Link>
        ) : entry.source || entry.action === 'order' || entry.action.startsWith('shadow') ? (
          <Link to="/routing">{entry.source ?? 'all sources'}</Link>
        ) : (
          <span className="quiet">all</span>
        ),
    },
    { head: 'Why', className: 'why', cell: (entry) => entry.reason || <span className="quiet">not said</span> },
    { head: 'Exactly', kind: 'wide', className: 'why quiet mono', cell: (entry) => entry.detail },
  ];
}

/** Who did what, when and why. */
export function AuditPage() {
  const polled = usePolling<Both>('audit', ask, 5000);
  const now = useNow();
  const [filter, setFilter] = useState('');
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const entries = (polled.data?.entries ?? []).filter((entry) => {
    const text = [...Object.values(entry), ACTIONS[entry.action]].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <section className="card" aria-labelledby="audit-title">
      <div className="card-head">
        <h1 id="audit-title">Audit log</h1>
        <p className="quiet">who changed what, when and why</p>
        <FilterBox value={filter} onChange={setFilter} label="Filter entries" />
      </div>
      <PollState polled={polled} what="the audit log" />
      {polled.data?.missing.map((failure) => (
        <p key={failure.message} className="notice notice-warn" role="alert">
          <span>
            <strong>{failure.message}</strong> Its entries are missing here. {failure.todo}
          </span>
        </p>
      ))}
      {polled.data && entries.length === 0 && (
        <Empty title={filter ? `No entry matches “${filter}”.` : 'No operator has changed anything yet.'}>
          <p>Overrides, drains, pinned answers, switches and orders of sources are written down here.</p>
        </Empty>
      )}
      {entries.length > 0 && (
        <Table columns={columns(now)} rows={entries.slice(0, 300)} keyOf={(entry, place) => `${entry.atMs} ${place}`} />
      )}
    </section>
  );
}
