import { describe, expect, it } from 'vitest';
import type { LiveMethod, StatsPoint } from '../api/types';
import { History, arrangeMethods, chartColumns, failuresByCode, isPlatforms, nextSort, sparkPath, sparkValues, storedPoints } from './logic';

const method = (name: string, rest: Partial<LiveMethod> = {}): LiveMethod => ({
  service: '/service/user',
  method: name,
  count: 60,
  errors: 0,
  ratePerSecond: 1,
  errorRatio: 0,
  p50Ms: 1,
  p99Ms: 2,
  maxMs: 3,
  ...rest,
});

const point = (atMs: number, rest: Partial<StatsPoint> = {}): StatsPoint => ({
  atMs,
  count: 60,
  errors: 6,
  ratePerSecond: 1,
  p50Ms: 5,
  p99Ms: 9,
  maxMs: 10,
  ...rest,
});

describe('the table of methods', () => {
  it('sorts by a number, equals by name', () => {
    const rows = [method('c', { p99Ms: 5 }), method('b'), method('a', { p99Ms: 5 })];

    expect(arrangeMethods(rows, '', { key: 'p99', descending: true }).map((m) => m.method)).toEqual(['a', 'c', 'b']);
    expect(arrangeMethods(rows, '', { key: 'name', descending: true }).map((m) => m.method)).toEqual(['c', 'b', 'a']);
  });

  it('filters by service and method together', () => {
    expect(arrangeMethods([method('get'), method('put')], 'user GET', { key: 'rate', descending: true })).toHaveLength(1);
  });

  it('knows the methods of the platform itself', () => {
    expect(isPlatforms({ service: '/service/lookup' })).toBe(true);
    expect(isPlatforms({ service: '/service/user' })).toBe(false);
  });

  it('starts numbers with the largest and names with a, and turns round when pressed again', () => {
    const start = { key: 'rate', descending: true } as const;

    expect(nextSort(start, 'p99')).toEqual({ key: 'p99', descending: true });
    expect(nextSort(start, 'name')).toEqual({ key: 'name', descending: false });
    expect(nextSort(start, 'rate')).toEqual({ key: 'rate', descending: false });
  });
});

describe('the history of live samples', () => {
  const answer = (atMs: number, methods: LiveMethod[]) => ({ atMs, methods, reporting: 1, registered: 1 });

  it('keeps the newest samples only', () => {
    const history = new History(3);

    for (let at = 1; at <= 5; at++) {
      history.add(answer(at, [method('get', { ratePerSecond: at })]));
    }

    expect(history.of('/service/user get').map((s) => s.rate)).toEqual([3, 4, 5]);
  });

  it('takes a method that is missing as one without calls', () => {
    const history = new History();

    history.add(answer(1, [method('get')]));
    history.add(answer(2, []));

    expect(history.of('/service/user get').at(-1)).toEqual({ atMs: 2, rate: 0, errorRate: 0, p50Ms: null, p99Ms: null });
  });

  it('ignores an answer that was seen before', () => {
    const history = new History();

    history.add(answer(5, [method('get')]));
    history.add(answer(5, [method('get')]));

    expect(history.of('/service/user get')).toHaveLength(1);
  });

  it('holds a bounded number of methods', () => {
    const history = new History(10, 2);

    history.add(answer(1, [method('a'), method('b'), method('c')]));

    expect(history.of('/service/user a')).toHaveLength(0);
    expect(history.of('/service/user c')).toHaveLength(1);
  });
});

describe('the chart', () => {
  it('joins stored minutes with the live samples after them', () => {
    const live = [
      { atMs: 110_000, rate: 7, errorRate: 0, p50Ms: 1, p99Ms: 2 },
      { atMs: 130_000, rate: 8, errorRate: 0, p50Ms: 1, p99Ms: 2 },
    ];

    const columns = chartColumns([point(60_000), point(120_000)], 60_000, live, 0);

    expect(columns.at).toEqual([60, 120, 130]);
    expect(columns.rate).toEqual([1, 1, 8]);
    expect(columns.errors[0]).toBeCloseTo(0.1);
  });

  it('leaves a gap where minutes are missing', () => {
    const columns = chartColumns([point(60_000), point(240_000)], 60_000, [], 0);

    expect(columns.at).toEqual([60, 120, 240]);
    expect(columns.rate).toEqual([1, null, 1]);
  });

  it('has no latency where nothing was called', () => {
    const columns = chartColumns([point(60_000, { count: 0, errors: 0, ratePerSecond: 0 })], 60_000, [], 0);

    expect(columns.p99).toEqual([null]);
    expect(columns.errors).toEqual([0]);
  });

  it('starts where it is asked to', () => {
    expect(chartColumns([point(60_000), point(120_000)], 60_000, [], 100_000).at).toEqual([120]);
  });

  it('shows what servers saw unless callers are asked for', () => {
    const base = { service: '/service/user', method: 'get' };
    const answer = {
      from: 0,
      to: 1,
      stepMs: 60_000,
      reporting: 1,
      registered: 1,
      series: [
        { ...base, side: 'client' as const, points: [point(1)] },
        { ...base, side: 'server' as const, points: [point(2)] },
      ],
    };

    expect(storedPoints(answer, '/service/user', 'get')).toMatchObject({ side: 'server', sides: ['server', 'client'] });
    expect(storedPoints(answer, '/service/user', 'get', 'client').points).toEqual([point(1)]);
    expect(storedPoints(answer, '/service/user', 'other')).toEqual({ points: [], side: 'server', sides: [] });
  });

  it('adds up failures by code, most frequent first, without successes', () => {
    const points = [point(1, { codes: { '0': 50, '4': 2 } }), point(2, { codes: { '14': 5, '4': 1 } })];

    expect(failuresByCode(points)).toEqual([
      { code: 14, count: 5 },
      { code: 4, count: 3 },
    ]);
  });

  it('draws a small line that breaks at gaps', () => {
    expect(sparkPath([1, 2, null, 1], 30, 12)).toBe('M0.0 6.0L10.0 1.0M30.0 6.0');
    expect(sparkPath([1], 30, 12)).toBe('');
  });

  it('keeps the newest sample of a small line at its right end', () => {
    const sample = (rate: number) => ({ atMs: rate, rate, errorRate: 0, p50Ms: 1, p99Ms: 1 });

    expect(sparkValues([sample(1), sample(2)], 4)).toEqual([null, null, 1, 2]);
    expect(sparkValues([sample(1), sample(2), sample(3)], 2)).toEqual([2, 3]);
  });
});
