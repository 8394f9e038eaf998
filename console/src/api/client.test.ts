import { describe, expect, it } from 'vitest';
import { actor, explain, partOf } from './client';

describe('a reply that is not the answer', () => {
  it('names the part that is missing and what to do', () => {
    const error = explain('/console/api/registry/v1/services', 503, undefined);

    expect(error.message).toBe('The registry does not answer (503).');
    expect(error.todo).toBe('Is it running? ./moa status');
  });

  it('says when it is the gateway itself', () => {
    expect(explain('/console/api/registry/v1/services', 0, undefined).message).toBe('The gateway does not answer.');
    expect(partOf('/api/service/x')).toBe('The gateway');
  });

  it('hands on what an app says that cannot answer, and what the gateway says of one that is away in its own words', () => {
    const path = '/console/api/router/v1/lookup?service=/service/user';

    expect(explain(path, 503, { detail: '/service/user: no source has an answer (primary: refused)' }).message).toBe(
      'The router says: /service/user: no source has an answer (primary: refused)',
    );
    expect(explain(path, 503, { detail: 'the router does not answer', todo: 'Is it running? ./moa status' }).message).toBe(
      'The router does not answer (503).',
    );
    expect(explain(path, 504, { detail: 'the router did not answer in time', todo: './moa logs router' }).message).toBe(
      'The router did not answer in time (504).',
    );
  });

  it('says when the part is there and Redis is not', () => {
    const error = explain('/console/api/registry/v1/audit', 503, { detail: 'Redis is not available: timeout', todo: 'try again' });

    expect([error.message, error.todo]).toEqual(['The registry says: Redis is not available: timeout', 'try again']);
  });

  it('hands on what a problem says', () => {
    const error = explain('/console/api/monitor/v1/stats', 400, { detail: 'from: x (expected: ms)', todo: 'Give a number' });

    expect(error.message).toBe('from: x (expected: ms)');
    expect(error.todo).toBe('Give a number');
  });

  it('asks for a token', () => {
    expect(explain('/x', 401, undefined).todo).toContain('./moa token');
  });
});

it('sends a name of any alphabet in a header that holds ASCII', () => {
  expect(actor('')).toEqual({});
  expect(actor('anna k.')).toEqual({ 'Moa-Actor': 'anna k.' });
  expect(actor('Łukasz 安娜')).toEqual({ 'Moa-Actor': '%C5%81ukasz%20%E5%AE%89%E5%A8%9C' });
});
