import type { LiveAnswer, LiveMethod, Side, StatsAnswer, StatsPoint } from '../api/types';

export type SortKey = 'name' | 'rate' | 'errors' | 'p50' | 'p99' | 'max';

export interface Sort {
  key: SortKey;
  descending: boolean;
}

export function methodKey(method: { service: string; method: string }): string {
  return `${method.service} ${method.method}`;
}

const VALUE: Record<Exclude<SortKey, 'name'>, (method: LiveMethod) => number> = {
  rate: (m) => m.ratePerSecond,
  errors: (m) => m.errorRatio,
  p50: (m) => m.p50Ms,
  p99: (m) => m.p99Ms,
  max: (m) => m.maxMs,
};

/** The methods that hold every word of `filter`, in the order asked for; equals stay in the order of names. */
export function arrangeMethods(methods: readonly LiveMethod[], filter: string, sort: Sort): LiveMethod[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const sign = sort.descending ? -1 : 1;
  const byName = (a: LiveMethod, b: LiveMethod) => (methodKey(a) < methodKey(b) ? -1 : 1);
  return methods
    .filter((method) => {
      const name = methodKey(method).toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort((a, b) => {
      if (sort.key === 'name') {
        return sign * byName(a, b);
      }
      const value = VALUE[sort.key];
      return sign * (value(a) - value(b)) || byName(a, b);
    });
}

/** The next order when the head of a column is pressed: numbers start with the largest, names with a. */
export function nextSort(current: Sort, pressed: SortKey): Sort {
  return current.key === pressed
    ? { key: pressed, descending: !current.descending }
    : { key: pressed, descending: pressed !== 'name' };
}

/** One moment of a method, live or stored. */
export interface Sample {
  atMs: number;
  rate: number;
  errorRate: number;
  p50Ms: number | null;
  p99Ms: number | null;
}

/**
 * The live samples of this page's life: at most `limit` per method and `maxMethods` methods, the oldest and the
 * longest unseen dropped. A method that was seen before and is missing now had no calls.
 */
export class History {
  private readonly samples = new Map<string, Sample[]>();
  private lastAtMs = 0;

  constructor(
    private readonly limit = 450,
    private readonly maxMethods = 2000,
  ) {}

  add(answer: LiveAnswer): void {
    if (answer.atMs <= this.lastAtMs) {
      return;
    }
    this.lastAtMs = answer.atMs;
    const seen = new Set<string>();
    for (const method of answer.methods) {
      const key = methodKey(method);
      seen.add(key);
      this.push(key, {
        atMs: answer.atMs,
        rate: method.ratePerSecond,
        errorRate: method.ratePerSecond * method.errorRatio,
        p50Ms: method.count > 0 ? method.p50Ms : null,
        p99Ms: method.count > 0 ? method.p99Ms : null,
      });
    }
    for (const key of this.samples.keys()) {
      if (!seen.has(key)) {
        this.push(key, { atMs: answer.atMs, rate: 0, errorRate: 0, p50Ms: null, p99Ms: null });
      }
    }
    while (this.samples.size > this.maxMethods) {
      this.samples.delete(this.samples.keys().next().value as string);
    }
  }

  of(key: string): readonly Sample[] {
    return this.samples.get(key) ?? [];
  }

  private push(key: string, sample: Sample): void {
    const list = this.samples.get(key) ?? [];
    list.push(sample);
    if (list.length > this.limit) {
      list.splice(0, list.length - this.limit);
    }
    this.samples.set(key, list);
  }
}

/** The columns of a chart: seconds, then one column per line; null is a gap. */
export interface Columns {
  at: number[];
  rate: (number | null)[];
  errors: (number | null)[];
  p50: (number | null)[];
  p99: (number | null)[];
}

/**
 * Stored minutes first, then the live samples after the last of them. Where minutes are missing there is a gap,
 * never a line drawn through what nobody measured.
 */
export function chartColumns(
  stored: readonly StatsPoint[],
  stepMs: number,
  live: readonly Sample[],
  fromMs: number,
  liveGapMs = 15_000,
): Columns {
  const columns: Columns = { at: [], rate: [], errors: [], p50: [], p99: [] };
  const push = (atMs: number, sample: Omit<Sample, 'atMs'> | null) => {
    columns.at.push(atMs / 1000);
    columns.rate.push(sample?.rate ?? null);
    columns.errors.push(sample?.errorRate ?? null);
    columns.p50.push(sample?.p50Ms ?? null);
    columns.p99.push(sample?.p99Ms ?? null);
  };
  let last = 0;
  for (const point of [...stored].sort((a, b) => a.atMs - b.atMs)) {
    if (point.atMs < fromMs || point.atMs <= last) {
      continue;
    }
    if (last > 0 && point.atMs - last > stepMs * 1.5) {
      push(last + stepMs, null);
    }
    push(point.atMs, {
      rate: point.ratePerSecond,
      errorRate: point.count > 0 ? (point.ratePerSecond * point.errors) / point.count : 0,
      p50Ms: point.count > 0 ? point.p50Ms : null,
      p99Ms: point.count > 0 ? point.p99Ms : null,
    });
    last = point.atMs;
  }
  const lastStored = last;
  for (const sample of live) {
    if (sample.atMs < fromMs || sample.atMs <= last) {
      continue;
    }
    const allowed = last === lastStored ? stepMs * 2 : liveGapMs;
    if (last > 0 && sample.atMs - last > allowed) {
      push(last + 1, null);
    }
    push(sample.atMs, sample);
    last = sample.atMs;
  }
  return columns;
}

/**
 * The stored points of a method as one side counted them, or as the other did where that side has none; and which
 * sides there are. The two differ: only callers see what never arrived, and the way there and back.
 */
export function storedPoints(
  answer: StatsAnswer | undefined,
  service: string,
  method: string,
  wanted: Side = 'server',
): { points: StatsPoint[]; side: Side; sides: Side[] } {
  const series = (answer?.series ?? []).filter((s) => s.service === service && s.method === method);
  const chosen = series.find((s) => s.side === wanted) ?? series[0];
  return {
    points: chosen?.points ?? [],
    side: chosen?.side ?? wanted,
    sides: series.map((s) => s.side).sort().reverse(),
  };
}

const PLATFORM = new Set([
  '/service/async-broker',
  '/service/lookup',
  '/service/monitor',
  '/service/parallel-proxy',
  '/service/registry',
]);

/** Whether a method is one of moa itself: its long polls take 25 s by design and would head every list. */
export function isPlatforms(method: { service: string }): boolean {
  return PLATFORM.has(method.service);
}

export interface CodeCount {
  code: number;
  count: number;
}

/** Failures by code over all points, the most frequent first. */
export function failuresByCode(points: readonly StatsPoint[]): CodeCount[] {
  const sum = new Map<number, number>();
  for (const point of points) {
    for (const [code, n] of Object.entries(point.codes ?? {})) {
      const number = Number(code);
      if (number !== 0) {
        sum.set(number, (sum.get(number) ?? 0) + n);
      }
    }
  }
  return [...sum].map(([code, n]) => ({ code, count: n })).sort((a, b) => b.count - a.count);
}

/** The rates of the last `width` samples, the newest at the right end; what was not seen is a gap. */
export function sparkValues(samples: readonly Sample[], width: number): (number | null)[] {
  const rates = samples.slice(-width).map((sample) => sample.rate);
  return [...Array<null>(width - rates.length).fill(null), ...rates];
}

/** The points of a small line in a box of `width` × `height`, as SVG path data; gaps start a new stroke. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  if (values.length < 2) {
    return '';
  }
  const top = Math.max(...values.map((v) => v ?? 0), 1e-9);
  const step = width / (values.length - 1);
  let path = '';
  let pen = false;
  values.forEach((value, i) => {
    if (value === null) {
      pen = false;
      return;
    }
    const y = height - 1 - (value / top) * (height - 2);
    path += `${pen ? 'L' : 'M'}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  });
  return path;
}
