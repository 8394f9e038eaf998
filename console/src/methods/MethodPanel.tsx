import { useMemo, useState } from 'react';
import { getJson } from '../api/client';
import { codeName } from '../api/codes';
import type { LiveAnswer, LiveMethod, Side, StatsAnswer } from '../api/types';
import { type Polled, usePolling } from '../api/usePolling';
import { count, millis, percent, rate } from '../ui/format';
import { Empty, Link, PollState } from '../ui/parts';
import { Chart } from './Chart';
import { type History, chartColumns, failuresByCode, methodKey, storedPoints } from './logic';

const RANGES = [
  ['15 min', 15],
  ['1 h', 60],
  ['6 h', 360],
  ['24 h', 1440],
] as const;

const SIDES = [
  ['server', 'As servers see it'],
  ['client', 'As callers see it'],
] as const;

const perSecond = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} /s`;

/** One method over time: what was stored by the minute, then what came live since. */
export function MethodPanel(props: {
  service: string;
  method: string;
  now: LiveMethod | undefined;
  live: Polled<LiveAnswer>;
  history: History;
}) {
  const [minutes, setMinutes] = useState<number>(15);
  const [wanted, setWanted] = useState<Side>('server');
  const stats = usePolling<StatsAnswer>(
    `stats ${props.service} ${props.method} ${minutes}`,
    (signal) => {
      const to = Date.now();
      const query = new URLSearchParams({
        service: props.service,
        method: props.method,
        from: String(to - minutes * 60_000),
        to: String(to),
      });
      return getJson(`/console/api/monitor/v1/stats?${query}`, signal);
    },
    15_000,
  );
  const liveAtMs = props.live.data?.atMs ?? 0;
  const { columns, fromMs, toMs, stored } = useMemo(() => {
    const to = Math.max(liveAtMs, stats.atMs);
    const from = to - minutes * 60_000;
    const chosen = storedPoints(stats.data, props.service, props.method, wanted);
    // the live samples are of one side only
    const live = chosen.side === (props.now?.side ?? 'server') ? props.history.of(methodKey(props)) : [];
    return {
      columns: chartColumns(chosen.points, stats.data?.stepMs ?? 60_000, live, from),
      fromMs: from,
      toMs: to,
      stored: chosen,
    };
  }, [stats.data, stats.atMs, liveAtMs, minutes, wanted, props.now?.side, props.service, props.method, props.history]);
  const failures = failuresByCode(stored.points);
  const lines = useMemo(
    () => ({
      rate: [
        { label: 'calls', color: '--chart-rate', values: columns.rate, fill: true },
        { label: 'errors', color: '--chart-errors', values: columns.errors, fill: true },
      ],
      latency: [
        { label: 'p99', color: '--chart-p99', values: columns.p99 },
        { label: 'p50', color: '--chart-p50', values: columns.p50 },
      ],
    }),
    [columns],
  );

  return (
    <section className="card" aria-labelledby="method-title">
      <div className="card-head">
        <h2 id="method-title" className="mono">
          <span className="quiet">{props.service}/</span>
          {props.method}
        </h2>
        {stored.side === 'client' && stored.sides.length === 1 && (
          <p className="quiet">as its callers see it: no instance of it reports</p>
        )}
        <span className="card-actions">
          {stored.sides.length > 1 && (
            <span className="segments" role="group" aria-label="Seen by">
              {SIDES.map(([side, label]) => (
                <button key={side} type="button" aria-pressed={stored.side === side} onClick={() => setWanted(side)}>
                  {label}
                </button>
              ))}
            </span>
          )}
          <span className="segments" role="group" aria-label="Range">
            {RANGES.map(([label, value]) => (
              <button
                key={value}
                type="button"
                aria-pressed={minutes === value}
                onClick={() => setMinutes(value)}
              >
                {label}
              </button>
            ))}
          </span>
          <Link
            to={`/try?${new URLSearchParams({ service: props.service, method: props.method })}`}
            className="button"
          >
            Try it
          </Link>
          <Link to="/methods" className="button">Close</Link>
        </span>
      </div>
      <dl className="figures">
        <Figure label="calls" value={props.now ? `${rate(props.now.ratePerSecond)} /s` : '0 /s'} />
        <Figure
          label="errors"
          value={percent(props.now?.errorRatio ?? 0)}
          tone={(props.now?.errorRatio ?? 0) > 0 ? 'text-bad' : undefined}
        />
        <Figure label="p50" value={millis(props.now?.p50Ms)} />
        <Figure label="p99" value={millis(props.now?.p99Ms)} />
        <Figure label="max" value={millis(props.now?.maxMs)} />
      </dl>
      <PollState polled={stats} what="the stored minutes" />
      {columns.at.length < 2 && stats.data ? (
        <Empty title="Not enough measured yet for a chart.">
          <p>Minutes appear here as they close; live points every 2 s while this page is open.</p>
        </Empty>
      ) : (
        <div className="charts">
          <Chart title="Calls and errors per second" at={columns.at} lines={lines.rate} format={perSecond} fromMs={fromMs} toMs={toMs} sync="method" />
          <Chart title="Latency" at={columns.at} lines={lines.latency} format={millis} fromMs={fromMs} toMs={toMs} sync="method" />
        </div>
      )}
      {failures.length > 0 && (
        <p className="codes">
          <span className="quiet">Failures in this range:</span>
          {failures.map((failure) => (
            <span key={failure.code} className="badge badge-bad">
              {codeName(failure.code)} × {count(failure.count)}
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function Figure(props: { label: string; value: string; tone?: string }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd className={props.tone}>{props.value}</dd>
    </div>
  );
}
