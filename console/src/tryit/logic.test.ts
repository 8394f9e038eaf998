import { describe, expect, it } from 'vitest';
import {
  asCurl,
  asRedisCli,
  callPath,
  checkArgs,
  checkCalls,
  checkMethod,
  checkService,
  checkTimeout,
  checkUrl,
  followDelayMs,
  isTerminal,
  tally,
  taskBody,
} from './logic';

describe('the fields', () => {
  it('knows the grammar of services and methods', () => {
    expect(checkService('/service/feed/nearby')).toBeNull();
    expect(checkService('service')).not.toBeNull();
    expect(checkService('/Service')).not.toBeNull();
    expect(checkService(`/${'a'.repeat(63)}/${'a'.repeat(63)}/b`)).toContain('128');
    expect(checkMethod('$describe')).toBeNull();
    expect(checkMethod('a-b')).not.toBeNull();
  });

  it('takes arrays and objects as arguments, and nothing for none', () => {
    expect(checkArgs('["a"]')).toBeNull();
    expect(checkArgs('{"name":"a"}')).toBeNull();
    expect(checkArgs(' ')).toBeNull();
    expect(checkArgs('"a"')).toContain('array');
    expect(checkArgs('[')).toContain('Not JSON');
  });

  it('says which call of a batch is wrong', () => {
    expect(checkCalls('[{"service":"/s/a","method":"b"}]')).toBeNull();
    expect(checkCalls('[{"service":"/s/a","method":"b"},{"service":"/s/a"}]')).toContain('Call 2');
    expect(checkCalls('[null]')).toContain('Call 1');
    expect(checkCalls('{}')).toContain('array');
    expect(checkCalls('[]')).toContain('0 calls');
  });

  it('bounds timeouts and knows addresses', () => {
    expect(checkTimeout('1000')).toBeNull();
    expect(checkTimeout('0')).not.toBeNull();
    expect(checkTimeout('60001')).not.toBeNull();
    expect(checkUrl('http://127.0.0.1:80/x')).toBeNull();
    expect(checkUrl('file:///etc/passwd')).not.toBeNull();
  });
});

describe('the same call elsewhere', () => {
  it('is quoted for a shell', () => {
    expect(asRedisCli('http://h:8480', '/service/hello', 'hi', '')).toContain('redis-cli -p 6783 GET');
    expect(asRedisCli('https://h', '/service/hello', 'hi', `["it's"]`)).toBe(
      `redis-cli -p 6383 GET '{"service":"/service/hello","method":"hi","args":["it'\\''s"]}'`,
    );
    expect(asCurl('http://h', '/service/hello', '$ping', '', '500')).toContain('http://h/api/service/hello/\\$ping');
  });

  it('has the path of the gateway', () => {
    expect(callPath('/service/feed/nearby', 'find')).toBe('/api/service/feed/nearby/find');
  });
});

describe('tasks', () => {
  const fields = {
    target: 'service' as const,
    service: '/service/hello',
    method: 'hi',
    args: '["a"]',
    url: 'http://127.0.0.1/x',
    httpMethod: 'POST',
    body: '{}',
    key: '',
    delayMs: '',
    dedupeKey: '',
  };

  it('is a request with its task; what was left empty is left out', () => {
    expect(JSON.parse(taskBody(fields))).toEqual({ service: '/service/hello', method: 'hi', args: ['a'], task: {} });
    expect(JSON.parse(taskBody({ ...fields, key: 'k', delayMs: '50' }))).toMatchObject({ task: { key: 'k', delayMs: 50 } });
  });

  it('may go to an HTTP endpoint', () => {
    expect(JSON.parse(taskBody({ ...fields, target: 'http' }))).toMatchObject({
      url: 'http://127.0.0.1/x',
      method: 'POST',
      body: '{}',
    });
  });

  it('is followed often at first, then every 2 s, to its end', () => {
    expect(followDelayMs(0)).toBe(150);
    expect(followDelayMs(50)).toBe(2000);
    expect(isTerminal('DEAD')).toBe(true);
    expect(isTerminal('RETRYING')).toBe(false);
  });

  it('counts the replies of a batch', () => {
    expect(tally([{ code: 0, result: 1 }, { code: 5, error: 'NOT_FOUND' }, null])).toEqual({ ok: 1, failed: 2 });
  });
});
