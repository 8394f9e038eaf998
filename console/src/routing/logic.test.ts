import { describe, expect, it } from 'vitest';
import type { Divergence, Instance, Preview, ShadowAnswer, Source } from '../api/types';
import {
  askedWith,
  asked,
  changeWords,
  exchange,
  isLastSource,
  moved,
  orderToSend,
  parsePinned,
  pinnedText,
  previewWords,
  secondsLeft,
  shadowWords,
  switchWords,
  whole,
} from './logic';

const source = (name: string, enabled = true): Source => ({ name, description: '', enabled, atMs: 0, shared: true });
const all = [source('live'), source('primary'), source('snapshot')];

describe('what a switch will change', () => {
  it('says who answers instead, and when nobody does', () => {
    const last = [all[0]!, source('primary', false)];

    expect(switchWords(all[0]!, all)).toContain('asked of primary, then snapshot');
    expect(switchWords(all[2]!, all)).toContain('What only it knows is not found');
    expect(switchWords(all[0]!, last)).toContain('every lookup on every router fails');
    expect(isLastSource(all[0]!, last)).toBe(true);
    expect(switchWords(source('live', false), all)).toContain('again');
  });

  it('looks ahead with the sources that are asked then', () => {
    const some = [source('live'), source('replica', false), source('primary')];

    expect(askedWith(some[0]!, some)).toEqual(['primary']);
    expect(askedWith(some[1]!, some)).toEqual(['live', 'replica', 'primary']);
  });
});

describe('an order', () => {
  it('moves one source, and stops at both ends', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c']);
  });

  it('has every source once, asks those that are on, and is nothing where it is the usual one', () => {
    const some = [source('live'), source('replica', false), source('primary')];

    expect(whole(['primary'], some)).toEqual(['primary', 'live', 'replica']);
    expect(asked(['primary', 'replica', 'live'], some)).toEqual(['primary', 'live']);
    expect(orderToSend(['a', 'b'], ['a', 'b'])).toEqual([]);
    expect(orderToSend(['b', 'a'], ['a', 'b'])).toEqual(['b', 'a']);
  });
});

describe('what callers will see', () => {
  const preview = (rest: Partial<Preview>): Preview => ({ services: 6, compared: 6, different: 0, emptied: 0, divergences: [], ...rest });
  const row = (missing: string[], extra: string[]) => ({ missing, extra }) as unknown as Divergence;

  it('counts names, and those that nobody is left of', () => {
    expect(previewWords(preview({}))).toBe('Callers see nothing of it now: all 6 names are answered as they are.');
    expect(previewWords(preview({ different: 2 }))).toBe('2 of 6 names are answered otherwise; each still has somebody to call.');
    expect(previewWords(preview({ different: 1, emptied: 1 }))).toBe(
      '1 of 6 names is answered otherwise; 1 has nobody left to call, and every call to it fails.',
    );
    expect(previewWords(preview({ services: 9000 }))).toContain('the first of 9000');
  });

  it('names the first addresses', () => {
    expect(changeWords(row(['a:1', 'b:1', 'c:1', 'd:1', 'e:1'], ['f:1']))).toBe('loses a:1, b:1, c:1 and 2 more, gains f:1');
    expect(changeWords(row([], []))).toBe('the same addresses');
    expect(exchange(['a:1', 'b:1'], ['b:1', 'c:1'])).toEqual({ lost: ['a:1'], gained: ['c:1'] });
  });

  it('says what a trial has shown', () => {
    const trial = (compared: number, different: number) =>
      ({ compared, different, divergences: different > 0 ? [row([], [])] : [] }) as unknown as ShadowAnswer;

    expect(shadowWords(trial(0, 0))).toContain('No answer is compared yet');
    expect(shadowWords(trial(128, 0))).toBe('128 answers compared, all of them the same.');
    expect(shadowWords(trial(128, 3))).toBe('128 answers compared, 3 would be others: 1 name.');
  });
});

describe('a pinned answer', () => {
  const known = {
    id: 'x.1',
    incarnation: 7,
    service: '/s',
    host: '10.0.0.1',
    port: 7000,
    status: 'DOWN',
    zone: 'west',
    protocols: ['moa'],
  } as Instance;

  it('is read as typed; who is known keeps what is known and can be called', () => {
    expect(parsePinned('10.0.0.9:7000 weight=50 zone=east lane=blue\n\n[::1]:80')).toEqual([
      { host: '10.0.0.9', port: 7000, weight: 50, zone: 'east', tags: { lane: 'blue' } },
      { host: '::1', port: 80 },
    ]);
    expect(parsePinned('10.0.0.1:7000', [known])).toEqual([{ ...known, status: 'UP', held: false }]);
    expect(parsePinned(' ')).toEqual([]);
  });

  it('says what is wrong with a line', () => {
    expect(parsePinned('10.0.0.9')).toContain('“10.0.0.9” is no address');
    expect(parsePinned('a:70000')).toContain('is no address');
    expect(parsePinned('a:1\na:1')).toBe('a:1 stands there twice.');
    expect(parsePinned('a:1 blue')).toContain('“blue” behind a:1 is not name=value');
    expect(parsePinned('a:1 weight=2000')).toContain('from 0 to 1000');
  });

  it('is written as it is read', () => {
    const text = '10.0.0.9:7000 weight=50 zone=east lane=blue\n[::1]:80';

    expect(pinnedText(parsePinned(text) as never)).toBe(text);
  });

  it('goes on in its own time when it is put in again', () => {
    const answer = { expiresAtMs: 61_000 } as never;

    expect(secondsLeft(answer, 1_000)).toBe(60);
    expect(secondsLeft(answer, 90_000)).toBe(1);
    expect(secondsLeft({ expiresAtMs: null } as never, 0)).toBeNull();
  });
});
