import { useMemo } from 'react';
import { getJson } from '../api/client';
import type { LiveAnswer, ServicesPage } from '../api/types';
import { type Polled, usePolling } from '../api/usePolling';
import { Link } from '../ui/parts';
import { BatchForm } from './BatchForm';
import { CallForm } from './CallForm';
import { TaskForm } from './TaskForm';

/** Names to choose from: what is registered and what was called lately. */
export interface Known {
  services: string[];
  methodsOf: (service: string) => string[];
}

const KINDS = [
  ['call', 'A call', 'one request, one reply, through the gateway'],
  ['batch', 'A batch', 'many calls in one request, run in parallel by the proxy'],
  ['task', 'A task', 'durable first, delivered later, followed to its end'],
] as const;

export function TryPage(props: { live: Polled<LiveAnswer>; query: URLSearchParams }) {
  const kind = KINDS.find(([name]) => name === props.query.get('kind'))?.[0] ?? 'call';
  const services = usePolling<ServicesPage>(
    'names',
    (signal) => getJson('/console/api/registry/v1/services?limit=500', signal),
    30_000,
  );
  const methods = props.live.data?.methods;
  const known = useMemo<Known>(
    () => ({
      services: (services.data?.services ?? []).map((row) => row.service),
      methodsOf: (service) => [
        ...new Set([
          ...(methods ?? []).filter((m) => m.service === service).map((m) => m.method),
          '$describe',
          '$ping',
        ]),
      ],
    }),
    [services.data, methods],
  );
  return (
    <section className="card" aria-labelledby="try-title">
      <div className="card-head">
        <h1 id="try-title">Try it</h1>
        <p className="quiet">{KINDS.find(([name]) => name === kind)?.[2]}</p>
        <nav className="segments" aria-label="Kind">
          {KINDS.map(([name, label]) => (
            <Link key={name} to={`/try?kind=${name}`} current={name === kind}>
              {label}
            </Link>
          ))}
        </nav>
      </div>
      {kind === 'call' && (
        <CallForm
          key={`${props.query.get('service')} ${props.query.get('method')}`}
          known={known}
          service={props.query.get('service') ?? ''}
          method={props.query.get('method') ?? ''}
        />
      )}
      {kind === 'batch' && <BatchForm />}
      {kind === 'task' && <TaskForm known={known} />}
    </section>
  );
}
