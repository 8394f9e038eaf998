/** The JSON of the platform's REST faces, as the console reads it. */

export interface ServiceRow {
  service: string;
  instances: number;
  up: number;
  draining: number;
  down: number;
  held: number;
  revision: number;
}

export interface ServicesPage {
  services: ServiceRow[];
  next?: string | null;
}

export type InstanceStatus = 'UP' | 'DRAINING' | 'DOWN';

export interface Instance {
  id: string;
  incarnation: number;
  service: string;
  host: string;
  port: number;
  protocols?: string[];
  weight?: number;
  zone?: string | null;
  version?: string | null;
  tags?: Record<string, string>;
  metadata?: Record<string, string>;
  status: InstanceStatus;
  ttlSeconds?: number | null;
  held?: boolean;
  reason?: string | null;
  registeredAtMs?: number;
  leaseRemainingMs?: number | null;
  /** present where it is listed otherwise than it says of itself */
  overridden?: { by: string[]; status: InstanceStatus; weight: number; tags?: Record<string, string> } | null;
}

export interface InstancesAnswer {
  service: string;
  epoch: string;
  revision: number;
  instances: Instance[];
}

export interface Change {
  revision: number;
  type: 'REGISTERED' | 'UPDATED' | 'REMOVED' | string;
  id: string;
  incarnation?: number;
  reason?: string;
  atMs: number;
  instance?: Instance | null;
}

export interface ChangesAnswer {
  service: string;
  epoch: string;
  revision: number;
  changes: Change[];
}

export interface Scope {
  instance?: string;
  address?: string;
  zone?: string;
  version?: string;
}

export interface Effect {
  status?: InstanceStatus;
  weight?: number;
  tags?: Record<string, string>;
}

export interface Override {
  id: string;
  service: string;
  kind: 'OPERATOR' | 'PROBE';
  scope: Scope;
  incarnation?: number | null;
  set: Effect;
  author: string;
  reason: string;
  createdAtMs: number;
  expiresAtMs?: number | null;
}

export interface OverridesAnswer {
  service: string;
  overrides: Override[];
}

export interface Probed {
  registry: string;
  registries: string[];
  instances: { id: string; address: string; state: string; words: string }[];
}

export interface Difference {
  id: string;
  what: 'added' | 'removed' | 'changed' | string;
  reason: string;
  before: Instance | null;
  after: Instance | null;
}

export interface DiffAnswer {
  service: string;
  epoch: string;
  from: number;
  to: number;
  differences: Difference[];
}

/** What an operator did, at the registry or at a router. */
export interface AuditEntry {
  atMs: number;
  author: string;
  action: string;
  service?: string | null;
  instance?: string | null;
  source?: string | null;
  reason: string;
  detail: string;
}

export interface AuditAnswer {
  entries: AuditEntry[];
}

export interface Source {
  name: string;
  description: string;
  enabled: boolean;
  by?: string | null;
  reason?: string | null;
  atMs: number;
  shared: boolean;
}

export interface RouterState {
  address: string;
  router: string | null;
  self: boolean;
  digest: string | null;
  services: number;
  differs: boolean;
  sinceMs: number;
  why: string | null;
  differences: { service: string; sinceMs: number; here: string | null; there: string | null }[];
}

export interface RoutersAnswer {
  atMs: number;
  agree: boolean;
  says: string;
  routers: RouterState[];
}

/** A name that would be answered otherwise. */
export interface Divergence {
  service: string;
  atMs: number;
  answeredBy: string;
  wouldBe: string;
  callable: number;
  wouldBeCallable: number;
  missing: string[];
  extra: string[];
  why: string;
}

export interface ShadowAnswer {
  order: string[];
  overrides: { service: string; scope: Scope; set: Effect }[];
  by?: string | null;
  reason?: string | null;
  sinceMs: number;
  compared: number;
  different: number;
  divergences: Divergence[];
}

/** What every name would be answered if other sources were asked. */
export interface Preview {
  services: number;
  compared: number;
  different: number;
  emptied: number;
  divergences: Divergence[];
}

export interface OrderInForce {
  order: string[];
  usual: string[];
  by?: string | null;
  reason?: string | null;
  atMs: number;
  shared: boolean;
}

/** What an operator answers for a name. */
export interface PinnedAnswer {
  service: string;
  instances: { host: string; port: number }[];
  callable: number;
  by: string;
  reason: string;
  atMs: number;
  expiresAtMs?: number | null;
  shared: boolean;
}

export interface LookupAnswer {
  service: string;
  source: string;
  instances: Instance[];
}

export interface Explanation {
  service: string;
  says: string;
  answeredBy: string | null;
  listed: number;
  suspicion: string | null;
  store: string | null;
  steps: {
    source: string;
    description: string;
    enabled: boolean;
    by: string | null;
    outcome: string;
    decides: boolean;
    why: string;
    epoch: string | null;
    revision: number | null;
    ageMs: number | null;
    instances: number | null;
  }[];
  instances: {
    id: string;
    incarnation: number;
    host: string;
    port: number;
    weight: number;
    zone: string | null;
    version: string | null;
    status: InstanceStatus;
    held: boolean;
    inAnswer: boolean;
    reason: string | null;
    overriddenBy: string[];
    why: string | null;
  }[];
  elsewhere: { router: string; sinceMs: number; here: string | null; there: string | null }[];
}

export type Side = 'server' | 'client';

export interface LiveMethod {
  service: string;
  method: string;
  /** who counted: its instances, or, where none of them reports, its callers */
  side?: Side;
  count: number;
  errors: number;
  ratePerSecond: number;
  errorRatio: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

export interface LiveAnswer {
  atMs: number;
  methods: LiveMethod[];
  reporting: number;
  /** null where the registry does not say */
  registered: number | null;
}

export interface Alert {
  name: string;
  service?: string | null;
  method?: string | null;
  side?: string;
  metric: 'RATE' | 'ERROR_RATIO' | 'P99' | string;
  min?: number | null;
  max?: number | null;
  state: 'UNKNOWN' | 'OK' | 'FIRING' | 'RESOLVED' | string;
  value?: number | null;
  sinceMs?: number | null;
}

export interface AlertsAnswer {
  atMs: number;
  alerts: Alert[];
}

export interface StatsPoint {
  atMs: number;
  count: number;
  errors: number;
  ratePerSecond: number;
  p50Ms: number;
  p90Ms?: number;
  p99Ms: number;
  p999Ms?: number;
  maxMs: number;
  codes?: Record<string, number>;
}

export interface StatsSeries {
  service: string;
  method: string;
  side: Side;
  points: StatsPoint[];
  total?: StatsPoint;
}

export interface StatsAnswer {
  from: number;
  to: number;
  stepMs: number;
  reporting: number;
  registered: number | null;
  series: StatsSeries[];
}

export interface Part {
  name: string;
  status: 'UP' | 'DEGRADED' | 'DOWN';
  url?: string;
  detail?: string | null;
  tookMs?: number;
}

export interface PartsAnswer {
  atMs: number;
  parts: Part[];
}

export interface Session {
  tokens: boolean;
  name?: string | null;
  role?: string | null;
}

export interface CallResponse {
  id?: string | null;
  code: number;
  result?: unknown;
  error?: string;
  message?: string;
  details?: unknown;
}

export type TaskState = 'QUEUED' | 'DELAYED' | 'RUNNING' | 'RETRYING' | 'SUCCEEDED' | 'DEAD' | 'CANCELLED';

export interface TaskAnswer {
  taskId: string;
  state: TaskState;
  attempts?: number;
  key?: string | null;
  target?: string | null;
  createdAtMs?: number;
  updatedAtMs?: number;
  lastError?: unknown;
  result?: unknown;
}

export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  value?: unknown;
  limit?: unknown;
  todo?: string;
}
