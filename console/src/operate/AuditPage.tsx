import { useState } from 'react';
import { type ApiError, getJson } from '../api/client';
import type { AuditAnswer, AuditEntry } from '../api/types';
import { usePolling } from '../api/usePolling';
import { ago, clock, dateTime } from '../ui/format';
import { Badge, Empty, FilterBox, Link, PollState } from '../ui/parts';
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
  pin: 'pinned a service',
  unpin: 'took a pinned answer back',
};

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

/** Who did what, when and why. */
export function AuditPage() {
  const polled = usePolling<Both>('audit', ask, 5000);
  const now = useNow();
  const [filter, setFilter] = useState('');
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const entries = (polled.data?.entries ?? []).filter((entry) => {
    const text = Object.values(entry).join(' ').toLowerCase();
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
          <p>Overrides, lifted overrides, drains and switches of sources are written down here.</p>
        </Empty>
      )}
      {entries.length > 0 && (
        <div className="table-scroll">
          <table className="table stack">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">Did what</th>
                <th scope="col">To what</th>
                <th scope="col">Why</th>
                <th scope="col" className="wide">Exactly</th>
              </tr>
            </thead>
            <tbody>
              {entries.slice(0, 300).map((entry, place) => (
                <tr key={`${entry.atMs} ${place}`}>
                  <td className="nowrap" title={dateTime(entry.atMs)}>
                    {clock(entry.atMs)} <span className="quiet">{ago(entry.atMs, now)}</span>
                  </td>
                  <td data-label="Who" className="strong">{entry.author}</td>
                  <td data-label="Did what">
                    <Badge health={entry.action === 'switch-off' || entry.action === 'override' ? 'warn' : 'idle'}>
                      {ACTIONS[entry.action] ?? entry.action}
                    </Badge>
                  </td>
                  <td className="mono" data-label="To what">
                    {entry.service && entry.service !== '*' ? (
                      <Link to={`/services?name=${encodeURIComponent(entry.service)}&view=overrides`}>{entry.service}</Link>
                    ) : entry.source ? (
                      <Link to="/routing">{entry.source}</Link>
                    ) : (
                      <span className="quiet">all</span>
                    )}
                  </td>
                  <td className="why" data-label="Why">{entry.reason || <span className="quiet">not said</span>}</td>
                  <td className="why wide quiet mono">{entry.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
