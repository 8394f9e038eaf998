import type { Divergence, Instance, OrderInForce, PinnedAnswer, Preview, ShadowAnswer, Source } from '../api/types';
import { address } from '../services/logic';

/** What turning a source does to lookups, in a sentence. */
export function switchWords(source: Source, sources: readonly Source[]): string {
  const enabled = sources.filter((each) => each.enabled);
  if (!source.enabled) {
    return `Every router asks “${source.name}” again, in its place of the order.`;
  }
  const behind = enabled.slice(enabled.findIndex((each) => each.name === source.name) + 1);
  const rest = enabled.filter((each) => each.name !== source.name);
  if (rest.length === 0) {
    return `No source is left: every lookup on every router fails until one is switched on again.`;
  }
  return behind.length === 0
    ? `No router asks “${source.name}” any more. What only it knows is not found.`
    : `No router asks “${source.name}” any more. What it answers now is asked of ${behind.map((each) => each.name).join(', then ')}.`;
}

export function isLastSource(source: Source, sources: readonly Source[]): boolean {
  return source.enabled && sources.filter((each) => each.enabled).length === 1;
}

/** The sources that are asked once this one is turned, in their order. */
export function askedWith(source: Source, sources: readonly Source[]): string[] {
  return sources.filter((each) => each.enabled !== (each.name === source.name)).map((each) => each.name);
}

/** The sources of an order that are asked: those that are on. */
export function asked(order: readonly string[], sources: readonly Source[]): string[] {
  return order.filter((name) => sources.some((each) => each.name === name && each.enabled));
}

/** Every source once: those of the order first, then the others as they stand. */
export function whole(order: readonly string[], sources: readonly Source[]): string[] {
  return [...order, ...sources.map((each) => each.name).filter((name) => !order.includes(name))];
}

export function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.join(' ') === b.join(' ');
}

export function isUsual(order: OrderInForce): boolean {
  return sameOrder(order.order, order.usual);
}

/** What the router takes for an order: nothing for the usual one, so that a later source finds its own place. */
export function orderToSend(order: readonly string[], usual: readonly string[]): readonly string[] {
  return sameOrder(order, usual) ? [] : order;
}

/** The order with one source a place further up (-1) or down (1). */
export function moved(order: readonly string[], name: string, by: -1 | 1): string[] {
  const from = order.indexOf(name);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) {
    return [...order];
  }
  const next = [...order];
  next[from] = next[to]!;
  next[to] = name;
  return next;
}

/** What callers will see, in a sentence with its numbers. */
export function previewWords(preview: Preview): string {
  const names = preview.compared === 1 ? '1 name' : `${preview.compared} names`;
  const part = preview.compared < preview.services ? ` (the first of ${preview.services}: there was no time for more)` : '';
  if (preview.different === 0) {
    return `Callers see nothing of it now: ${preview.compared === 1 ? 'the only name is answered as it is' : `all ${names} are answered as they are`}${part}.`;
  }
  const words = `${preview.different} of ${names}${part} ${preview.different === 1 ? 'is' : 'are'} answered otherwise`;
  return preview.emptied === 0
    ? `${words}; each still has somebody to call.`
    : `${words}; ${preview.emptied} ${preview.emptied === 1 ? 'has' : 'have'} nobody left to call, and every call to ${preview.emptied === 1 ? 'it' : 'them'} fails.`;
}

/** What the trial has shown so far. */
export function shadowWords(shadow: ShadowAnswer): string {
  if (shadow.compared === 0) {
    return 'No answer is compared yet: lookups are compared as they come to this router.';
  }
  const answers = `${shadow.compared} ${shadow.compared === 1 ? 'answer' : 'answers'} compared`;
  return shadow.different === 0
    ? `${answers}, all of them the same.`
    : `${answers}, ${shadow.different} would be others: ${shadow.divergences.length === 1 ? '1 name' : `${shadow.divergences.length} names`}.`;
}

/** `loses 10.0.0.1:7000, gains …`; how many there are beyond those that are named. */
export function changeWords(each: Divergence): string {
  const words = [
    each.missing.length > 0 && `loses ${few(each.missing)}`,
    each.extra.length > 0 && `gains ${few(each.extra)}`,
  ].filter(Boolean);
  return words.length > 0 ? words.join(', ') : 'the same addresses';
}

/** The first few of a list, and how many more. */
export function few(all: readonly string[], most = 3): string {
  return all.length <= most ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;
}

/** An instance as an operator may give it; what is absent is as the router takes it to be. */
export type PinnedInstance = Partial<Omit<Instance, 'host' | 'port'>> & { host: string; port: number };

const LINE = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:,[\]]{1,255})):(\d{1,5})$/;

/**
 * One address a line, `10.0.0.9:7000 weight=50 zone=west`; what is no weight, zone or version is a tag. An address that
 * is known keeps what is known of it, and can be called. A string says what is wrong.
 */
export function parsePinned(text: string, known: readonly Instance[] = []): PinnedInstance[] | string {
  const instances: PinnedInstance[] = [];
  for (const line of text.split('\n').map((each) => each.trim()).filter(Boolean)) {
    const [where = '', ...said] = line.split(/[\s,]+/).filter(Boolean);
    const match = LINE.exec(where);
    const port = Number(match?.[3]);
    if (!match || port < 1 || port > 65_535) {
      return `“${where}” is no address: host:port, for example 10.0.0.9:7000.`;
    }
    const host = match[1] ?? match[2]!;
    if (instances.some((each) => each.host === host && each.port === port)) {
      return `${where} stands there twice.`;
    }
    const instance: PinnedInstance = { ...known.find((each) => each.host === host && each.port === port), host, port };
    if (instance.status !== undefined) {
      instance.status = 'UP';
      instance.held = false;
    }
    for (const pair of said) {
      const [name = '', value = ''] = pair.split('=', 2);
      if (name === '' || value === '') {
        return `“${pair}” behind ${where} is not name=value.`;
      }
      if (name === 'weight') {
        if (!/^\d{1,3}$|^1000$/.test(value)) {
          return `weight=${value} behind ${where}: a whole number from 0 to 1000.`;
        }
        instance.weight = Number(value);
      } else if (name === 'zone' || name === 'version') {
        instance[name] = value;
      } else {
        instance.tags = { ...instance.tags, [name]: value };
      }
    }
    instances.push(instance);
  }
  return instances;
}

/** Pinned instances as they are typed. */
export function pinnedText(instances: readonly PinnedInstance[]): string {
  return instances
    .map((each) =>
      [
        address(each),
        each.weight !== undefined && each.weight !== 100 && `weight=${each.weight}`,
        each.zone && `zone=${each.zone}`,
        each.version && `version=${each.version}`,
        ...Object.entries(each.tags ?? {}).map(([name, value]) => `${name}=${value}`),
      ]
        .filter(Boolean)
        .join(' '),
    )
    .join('\n');
}

/** What callers lose and gain when these addresses are answered instead of those. */
export function exchange(now: readonly string[], then: readonly string[]): { lost: string[]; gained: string[] } {
  return {
    lost: now.filter((each) => !then.includes(each)),
    gained: then.filter((each) => !now.includes(each)),
  };
}

/** How long a pinned answer would stand if it were put in again now: its own time goes on. */
export function secondsLeft(answer: PinnedAnswer, nowMs: number): number | null {
  return answer.expiresAtMs ? Math.max(1, Math.round((answer.expiresAtMs - nowMs) / 1000)) : null;
}
