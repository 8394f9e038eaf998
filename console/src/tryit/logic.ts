import type { CallResponse, TaskState } from '../api/types';

const SERVICE = /^(\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;
const METHOD = /^[$A-Za-z][A-Za-z0-9_]{0,63}$/;

/** What is wrong with a field, in words; null where nothing is. */
export function checkService(value: string): string | null {
  if (value === '') {
    return 'A service name is needed, for example /service/helloworld';
  }
  if (value.length > 128) {
    return `${value.length} characters (at most 128)`;
  }
  return SERVICE.test(value) ? null : 'Segments like /service/user, of a-z, 0-9 and -';
}

export function checkMethod(value: string): string | null {
  if (value === '') {
    return 'A method name is needed, for example hello';
  }
  return METHOD.test(value) ? null : 'A letter or $, then letters, digits and _ (at most 64)';
}

export function checkTimeout(value: string): string | null {
  return /^\d{1,6}$/.test(value) && Number(value) >= 1 && Number(value) <= 60_000 ? null : '1 to 60,000 ms';
}

/** Arguments are a JSON array (by position) or object (by name); nothing at all is `[]`. */
export function checkArgs(text: string): string | null {
  const parsed = parseJson(text.trim() === '' ? '[]' : text);
  if ('problem' in parsed) {
    return parsed.problem;
  }
  return typeof parsed.value === 'object' && parsed.value !== null
    ? null
    : 'A JSON array (by position) or object (by name), for example ["world"]';
}

export function checkCalls(text: string): string | null {
  const parsed = parseJson(text);
  if ('problem' in parsed) {
    return parsed.problem;
  }
  if (!Array.isArray(parsed.value)) {
    return 'A JSON array of requests: [{"service":…,"method":…,"args":[…]}, …]';
  }
  if (parsed.value.length === 0 || parsed.value.length > 10_000) {
    return `${parsed.value.length} calls (1 to 10,000)`;
  }
  for (let i = 0; i < parsed.value.length; i++) {
    const call = parsed.value[i] as { service?: unknown; method?: unknown } | null;
    const service = typeof call?.service === 'string' ? checkService(call.service) : 'service is missing';
    const method = typeof call?.method === 'string' ? checkMethod(call.method) : 'method is missing';
    if (service ?? method) {
      return `Call ${i + 1}: ${service ?? method}`;
    }
  }
  return null;
}

export function checkUrl(value: string): string | null {
  try {
    const { protocol } = new URL(value);
    return protocol === 'http:' || protocol === 'https:' ? null : 'An http:// or https:// address';
  } catch {
    return 'An http:// or https:// address';
  }
}

function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (failure) {
    return { problem: `Not JSON: ${failure instanceof Error ? failure.message : String(failure)}` };
  }
}

/** The gateway's path of a method. */
export function callPath(service: string, method: string): string {
  return `/api${service}/${encodeURIComponent(method)}`;
}

/** The same call for a shell. */
export function asCurl(origin: string, service: string, method: string, args: string, timeoutMs: string): string {
  return [
    `curl -s ${origin}${callPath(service, method).replaceAll('%24', '\\$')}`,
    `-H 'content-type: application/json'`,
    `-H 'moa-timeout-ms: ${timeoutMs}'`,
    `-d ${quote(compact(args))}`,
  ].join(' \\\n  ');
}

/** The same call for any Redis client. */
export function asRedisCli(origin: string, service: string, method: string, args: string): string {
  // `./moa up --port-offset` moves every port alike
  const offset = Number(new URL(origin).port) - 8080;
  return `redis-cli -p ${offset > 0 && offset < 10_000 ? 6383 + offset : 6383} GET ${quote(`{"service":"${service}","method":"${method}","args":${compact(args)}}`)}`;
}

function compact(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args.trim() === '' ? '[]' : args));
  } catch {
    return args.trim();
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export interface TaskFields {
  target: 'service' | 'http';
  service: string;
  method: string;
  args: string;
  url: string;
  httpMethod: string;
  body: string;
  key: string;
  delayMs: string;
  dedupeKey: string;
}

/** The body of POST /v1/tasks. */
export function taskBody(fields: TaskFields): string {
  const task: Record<string, unknown> = {};
  if (fields.key !== '') {
    task['key'] = fields.key;
  }
  if (fields.delayMs !== '' && Number(fields.delayMs) > 0) {
    task['delayMs'] = Number(fields.delayMs);
  }
  if (fields.dedupeKey !== '') {
    task['dedupeKey'] = fields.dedupeKey;
  }
  const whole =
    fields.target === 'service'
      ? {
          service: fields.service,
          method: fields.method,
          args: JSON.parse(fields.args.trim() === '' ? '[]' : fields.args) as unknown,
          task,
        }
      : {
          url: fields.url,
          method: fields.httpMethod,
          ...(fields.body === '' ? {} : { headers: { 'content-type': 'application/json' }, body: fields.body }),
          task,
        };
  return JSON.stringify(whole);
}

export function isTerminal(state: TaskState): boolean {
  return state === 'SUCCEEDED' || state === 'DEAD' || state === 'CANCELLED';
}

export function isCallResponse(body: unknown): body is CallResponse {
  return typeof body === 'object' && body !== null && typeof (body as CallResponse).code === 'number';
}

/** How many of a batch came back well and how many did not. */
export function tally(results: readonly unknown[]): { ok: number; failed: number } {
  const ok = results.filter((result) => isCallResponse(result) && result.code === 0).length;
  return { ok, failed: results.length - ok };
}

/** How long to wait before the n-th look at a task: soon at first, then every 2 s. */
export function followDelayMs(look: number): number {
  return Math.min(2000, 150 * 2 ** Math.min(look, 10));
}
