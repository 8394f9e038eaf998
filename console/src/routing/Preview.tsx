import { getJson } from '../api/client';
import type { Divergence, Preview as Answer } from '../api/types';
import { type Polled, usePolling } from '../api/usePolling';
import { ago } from '../ui/format';
import { Badge, Link, PollState } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { ROUTER } from './api';
import { changeWords, previewWords } from './logic';

const SHOWN = 8;

/** What callers would be answered if these sources were asked, in this order. */
export function usePreview(order: readonly string[] | null): Polled<Answer> {
  const query = new URLSearchParams({ order: order?.join(',') ?? '' });
  return usePolling<Answer>(
    order && `preview ${query}`,
    (signal) => getJson(`${ROUTER}/preview?${query}`, signal),
    5000,
  );
}

/** What a change does to callers: in a sentence, then name by name. */
export function PreviewTable(props: { polled: Polled<Answer> }) {
  const { polled } = props;
  const preview = polled.data;
  return (
    <div aria-live="polite">
      <PollState polled={polled} what="what callers will see" />
      {preview && (
        <>
          <p className={preview.emptied > 0 ? 'text-bad strong' : preview.different > 0 ? 'text-warn strong' : 'strong'}>
            {previewWords(preview)}
          </p>
          <Divergences rows={preview.divergences.slice(0, SHOWN)} />
          {preview.divergences.length > SHOWN && <p className="quiet">and {preview.different - SHOWN} more names</p>}
        </>
      )}
    </div>
  );
}

function columns(now: number | null): Column<Divergence>[] {
  const seen: Column<Divergence>[] =
    now === null ? [] : [{ head: 'Seen', className: 'nowrap quiet', cell: (each) => ago(each.atMs, now) }];
  return [
    {
      head: 'Name',
      className: 'mono strong',
      cell: (each) => <Link to={`/services?name=${encodeURIComponent(each.service)}&view=explain`}>{each.service}</Link>,
    },
    {
      head: 'Answered by',
      className: 'nowrap',
      cell: (each) => (each.answeredBy === each.wouldBe ? each.answeredBy : `${each.answeredBy} → ${each.wouldBe}`),
    },
    {
      head: 'Can be called',
      className: 'nowrap',
      cell: (each) =>
        each.wouldBeCallable === 0 && each.callable > 0 ? (
          <Badge health="bad">{each.callable} → nobody</Badge>
        ) : each.callable === each.wouldBeCallable ? (
          each.callable
        ) : (
          `${each.callable} → ${each.wouldBeCallable}`
        ),
    },
    {
      head: 'What differs',
      className: 'why',
      cell: (each) => (
        <>
          <span className="why-line">{changeWords(each)}</span>
          <span className="why-line quiet">{each.why}</span>
        </>
      ),
    },
    ...seen,
  ];
}

/** Names whose answer would be another; with `isSeen` also when it last was. */
export function Divergences(props: { rows: readonly Divergence[]; isSeen?: boolean }) {
  const now = useNow();
  return props.rows.length === 0 ? null : (
    <Table
      className="small"
      columns={columns(props.isSeen ? now : null)}
      rows={props.rows}
      keyOf={(each) => each.service}
      rowClass={(each) => (each.wouldBeCallable === 0 && each.callable > 0 ? 'lost' : undefined)}
    />
  );
}
