import { describe, expect, it } from 'vitest';
import type { Instance } from '../api/types';
import { watchPath } from '../api/useWatch';
import { authorProblem } from './author';
import { effectWords, leavesNobody, parseTags, preview, scopeWords } from './logic';

const instance = (port: number, rest: Partial<Instance> = {}): Instance => ({
  id: `c2VydmljZQ.${port}`,
  incarnation: 1,
  service: '/service/user',
  host: '10.0.0.1',
  port,
  status: 'UP',
  weight: 100,
  zone: 'west',
  version: '1',
  tags: {},
  ...rest,
});
const service = '/service/user';

describe('what an override will change', () => {
  it('names who is meant, what changes, and how many can be called then', () => {
    const all = [instance(1), instance(2, { zone: 'east' }), instance(3, { status: 'DRAINING' })];

    const shown = preview({ service, scope: { zone: 'west' }, set: { status: 'DOWN', weight: 10 } }, all);

    expect(shown.lines.map((line) => [line.address, line.changes.join(', ')])).toEqual([
      ['10.0.0.1:1', 'UP → DOWN, weight 100 → 10'],
      ['10.0.0.1:3', 'DRAINING → DOWN, weight 100 → 10'],
    ]);
    expect([shown.callableBefore, shown.callableAfter]).toEqual([2, 1]);
    expect(shown.emptied).toEqual(['zone west']);
  });

  it('counts on nobody to whom no call goes', () => {
    expect(preview({ service, scope: {}, set: { weight: 0 } }, [instance(1), instance(2)]).callableAfter).toBe(0);
    expect(preview({ service, scope: {}, set: { weight: 10 } }, [instance(1), instance(2, { weight: 0 })]).callableBefore).toBe(1);
  });

  it('never makes an instance better than it says', () => {
    const shown = preview({ service, scope: {}, set: { status: 'UP' } }, [instance(1, { status: 'DRAINING' })]);

    expect(shown.lines[0]?.changes).toEqual([]);
    expect(shown.callableAfter).toBe(0);
  });

  it('is said in words', () => {
    expect(scopeWords({})).toBe('every instance');
    expect(scopeWords({ zone: 'west', version: '2' })).toBe('zone west, version 2');
    expect(scopeWords({ instance: 'c2VydmljZQ.1' }, [instance(1)])).toBe('10.0.0.1:1');
    expect(scopeWords({ instance: 'c2VydmljZQ.gone' })).toBe('gone');
    expect(effectWords({ status: 'DOWN', weight: 5, tags: { lane: 'blue' } })).toBe(
      'takes no calls (DOWN), weight 5, tag lane=blue',
    );
  });

  it('reads tags', () => {
    expect(parseTags('lane=blue, disk:ssd')).toEqual({ lane: 'blue', disk: 'ssd' });
    expect(parseTags('lane')).toBeNull();
  });
});

it('says when it is overrides that leave nobody to call', () => {
  const overridden = { by: ['o-1: anna: bad disk'], status: 'UP' as const, weight: 100 };
  const out = instance(1, { status: 'DOWN', overridden });

  expect(leavesNobody([out, instance(2, { status: 'DOWN' })])).toBe(true);
  expect(leavesNobody([out, instance(2)])).toBe(false);
  expect(leavesNobody([instance(1, { status: 'DOWN' })])).toBe(false);
  expect(leavesNobody([])).toBe(false);
  expect(leavesNobody([instance(1, { weight: 0, overridden })])).toBe(true);
  const probed = { ...overridden, by: ['probe-x: prober: tcp probe: refused'] };
  expect(leavesNobody([instance(1, { status: 'DOWN', overridden: probed })])).toBe(false);
});

it('asks for a name that can be written down', () => {
  expect(authorProblem(' ')).toContain('Your name');
  expect(authorProblem('anna <script>')).toContain('at most 64');
  expect(authorProblem('Zoë K.')).toBeNull();
});

it('watches what a request line holds', () => {
  expect(watchPath([])).toBeNull();
  expect(watchPath(['/service/a', '/service/b'])).toBe(
    '/console/api/registry/v1/watch?service=%2Fservice%2Fa&service=%2Fservice%2Fb',
  );
  expect(watchPath(Array.from({ length: 500 }, (_, i) => `/service/long/name/of/a/service-${i}`))!.length).toBeLessThan(3100);
});
