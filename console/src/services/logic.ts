import type { Instance, ServiceRow } from '../api/types';

export type Health = 'good' | 'warn' | 'bad' | 'idle';

/** How a service stands: bad when nothing of it can be called, warn when something is out or held. */
export function serviceHealth(row: ServiceRow): Health {
  if (row.instances === 0) {
    return 'idle';
  }
  if (row.up === 0) {
    return 'bad';
  }
  return row.down > 0 || row.draining > 0 || row.held > 0 ? 'warn' : 'good';
}

export function instanceHealth(instance: Pick<Instance, 'status' | 'held'>): Health {
  if (instance.status === 'DOWN') {
    return 'bad';
  }
  return instance.status === 'DRAINING' || instance.held ? 'warn' : 'good';
}

const ORDER: Record<Health, number> = { bad: 0, warn: 1, good: 2, idle: 3 };

/** The services whose name holds every word of `filter`; what needs a look comes first, then by name. */
export function arrangeServices(rows: readonly ServiceRow[], filter: string): ServiceRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter((row) => words.every((word) => row.service.includes(word)))
    .sort(
      (a, b) => ORDER[serviceHealth(a)] - ORDER[serviceHealth(b)] || (a.service < b.service ? -1 : 1),
    );
}

export function arrangeInstances(instances: readonly Instance[]): Instance[] {
  return [...instances].sort(
    (a, b) =>
      ORDER[instanceHealth(a)] - ORDER[instanceHealth(b)] ||
      a.host.localeCompare(b.host, 'en', { numeric: true }) ||
      a.port - b.port,
  );
}

/** What is left of a lease now, counted on from when the answer came; null for an instance without one. */
export function leaseLeftMs(instance: Instance, answerAtMs: number, nowMs: number): number | null {
  const left = instance.leaseRemainingMs;
  return left === null || left === undefined ? null : Math.max(0, left - Math.max(0, nowMs - answerAtMs));
}

/** The part of an id that differs within a service: what follows the name. */
export function shortId(id: string): string {
  const dot = id.indexOf('.');
  return dot >= 0 ? id.slice(dot + 1) : id;
}

/** IPv6 addresses stand in brackets. */
export function address(instance: Pick<Instance, 'host' | 'port'>): string {
  return instance.host.includes(':') ? `[${instance.host}]:${instance.port}` : `${instance.host}:${instance.port}`;
}

export interface FieldChange {
  name: string;
  before: string;
  after: string;
}

const COMPARED = ['status', 'weight', 'host', 'port', 'zone', 'version', 'tags', 'metadata', 'held', 'incarnation', 'overridden'] as const;

/** What differs between two descriptions of an instance, field by field. */
export function fieldChanges(before: Instance, after: Instance): FieldChange[] {
  const words = (value: unknown): string =>
    value === undefined || value === null ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return COMPARED.map((name) =>
    name === 'overridden'
      ? { name: 'overridden by', before: words(before.overridden?.by.join('; ')), after: words(after.overridden?.by.join('; ')) }
      : { name, before: words(before[name]), after: words(after[name]) },
  ).filter((field) => field.before !== field.after);
}

export interface Totals {
  services: number;
  instances: number;
  up: number;
  draining: number;
  down: number;
  held: number;
}

export function totals(rows: readonly ServiceRow[]): Totals {
  const sum = { services: rows.length, instances: 0, up: 0, draining: 0, down: 0, held: 0 };
  for (const row of rows) {
    sum.instances += row.instances;
    sum.up += row.up;
    sum.draining += row.draining;
    sum.down += row.down;
    sum.held += row.held;
  }
  return sum;
}
