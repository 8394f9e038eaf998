import { describe, expect, it } from 'vitest';
import type { Instance, ServiceRow } from '../api/types';
import { address, arrangeInstances, arrangeServices, fieldChanges, leaseLeftMs, serviceHealth, shortId, totals } from './logic';

const row = (service: string, up: number, rest: Partial<ServiceRow> = {}): ServiceRow => ({
  service,
  instances: up + (rest.down ?? 0) + (rest.draining ?? 0),
  up,
  draining: 0,
  down: 0,
  held: 0,
  revision: 1,
  ...rest,
});

const instance = (rest: Partial<Instance>): Instance => ({
  id: 'c2VydmljZQ.a1b2',
  incarnation: 1,
  service: '/service/user',
  host: '127.0.0.1',
  port: 6390,
  status: 'UP',
  ...rest,
});

describe('services', () => {
  it('is bad when nothing can be called, warns when something is out, idle when nobody is there', () => {
    expect(serviceHealth(row('/s/a', 2))).toBe('good');
    expect(serviceHealth(row('/s/a', 1, { down: 1 }))).toBe('warn');
    expect(serviceHealth(row('/s/a', 2, { held: 1 }))).toBe('warn');
    expect(serviceHealth(row('/s/a', 0, { down: 2 }))).toBe('bad');
    expect(serviceHealth(row('/s/a', 0))).toBe('idle');
  });

  it('shows what needs a look first, then by name', () => {
    const arranged = arrangeServices(
      [row('/s/b', 1), row('/s/a', 1), row('/s/z', 0, { down: 1 }), row('/s/y', 1, { draining: 1 })],
      '',
    );

    expect(arranged.map((r) => r.service)).toEqual(['/s/z', '/s/y', '/s/a', '/s/b']);
  });

  it('finds every word of the filter anywhere in the name', () => {
    const rows = [row('/service/feed/nearby', 1), row('/service/feed/home', 1)];

    expect(arrangeServices(rows, ' NEAR feed').map((r) => r.service)).toEqual(['/service/feed/nearby']);
  });

  it('adds up', () => {
    expect(totals([row('/s/a', 2), row('/s/b', 0, { down: 3 })])).toMatchObject({ services: 2, instances: 5, down: 3 });
  });
});

describe('instances', () => {
  it('puts the broken first and orders ports as numbers', () => {
    const arranged = arrangeInstances([
      instance({ port: 10000 }),
      instance({ port: 9000 }),
      instance({ port: 1, status: 'DOWN' }),
      instance({ port: 2, held: true }),
    ]);

    expect(arranged.map((i) => i.port)).toEqual([1, 2, 9000, 10000]);
  });

  it('counts a lease on from when the answer came, and never below nothing', () => {
    const leased = instance({ leaseRemainingMs: 4000 });

    expect(leaseLeftMs(leased, 1000, 2500)).toBe(2500);
    expect(leaseLeftMs(leased, 1000, 9000)).toBe(0);
    expect(leaseLeftMs(leased, 1000, 500)).toBe(4000);
    expect(leaseLeftMs(instance({ leaseRemainingMs: null }), 0, 0)).toBeNull();
  });

  it('says field by field what differs', () => {
    const before = instance({ weight: 100, tags: {} });
    const after = instance({ weight: 10, tags: { lane: 'blue' }, overridden: { by: ['o-1: ops: slow'], status: 'UP', weight: 100 } });

    expect(fieldChanges(before, after).map((each) => `${each.name} ${each.before} ${each.after}`)).toEqual([
      'weight 100 10',
      'tags {} {"lane":"blue"}',
      'overridden by none o-1: ops: slow',
    ]);
  });

  it('writes addresses as they are typed and ids without the service', () => {
    expect(address(instance({}))).toBe('127.0.0.1:6390');
    expect(address(instance({ host: '::1' }))).toBe('[::1]:6390');
    expect(shortId('c2VydmljZQ.a1b2')).toBe('a1b2');
    expect(shortId('plain')).toBe('plain');
  });
});
