import type { Effect, Instance, InstanceStatus, Override, Scope } from '../api/types';
import { address } from '../services/logic';

/** The registry's reasons in plain words. */
const REASONS: Record<string, string> = {
  registered: 'registered',
  changed: 'changed what it says of itself',
  graceful: 'left by itself',
  'lease-lost': 'stopped renewing, its lease ended',
  replaced: 'stopped renewing, another has registered at its address',
  'probe-failed': 'cannot be reached',
  'probe-recovered': 'can be reached again',
  operator: 'by an operator',
  held: 'silent, but kept: many went silent at once',
  released: 'no longer held',
  other: 'for a reason of a newer registry',
};

export function reasonWords(reason: string | null | undefined): string {
  return reason ? (REASONS[reason] ?? reason) : '';
}

export interface Wish {
  service: string;
  scope: Scope;
  set: Effect;
}

export interface Line {
  id: string;
  address: string;
  status: InstanceStatus;
  /** what will be otherwise, `weight 100 → 10`; empty where nothing is */
  changes: string[];
}

export interface Preview {
  lines: Line[];
  callableBefore: number;
  callableAfter: number;
  /** zones and versions that nobody could be called in any more, `zone west` */
  emptied: string[];
}

const WORSE: Record<InstanceStatus, number> = { UP: 0, DRAINING: 1, DOWN: 2 };

export function covers(scope: Scope, instance: Instance): boolean {
  return (
    (scope.instance === undefined || scope.instance === instance.id) &&
    (scope.address === undefined || scope.address === address(instance)) &&
    (scope.zone === undefined || scope.zone === instance.zone) &&
    (scope.version === undefined || scope.version === instance.version)
  );
}

/** What an override would change, before anybody puts it in. A status never makes an instance better. */
export function preview(wish: Wish, instances: readonly Instance[]): Preview {
  const lines: Line[] = [];
  const left: Instance[] = [];
  for (const instance of instances) {
    const isMeant = covers(wish.scope, instance);
    const wanted = wish.set.status;
    const status = isMeant && wanted && WORSE[wanted] > WORSE[instance.status] ? wanted : instance.status;
    const weight = isMeant ? (wish.set.weight ?? instance.weight) : instance.weight;
    if (isCalled({ status, weight })) {
      left.push(instance);
    }
    if (isMeant) {
      const changes: string[] = [];
      if (status !== instance.status) {
        changes.push(`${instance.status} → ${status}`);
      }
      if (wish.set.weight !== undefined && wish.set.weight !== (instance.weight ?? 100)) {
        changes.push(`weight ${instance.weight ?? 100} → ${wish.set.weight}`);
      }
      for (const [name, value] of Object.entries(wish.set.tags ?? {})) {
        const before = instance.tags?.[name];
        if (before !== value) {
          changes.push(`tag ${name} ${before ?? 'none'} → ${value}`);
        }
      }
      lines.push({ id: instance.id, address: address(instance), status: instance.status, changes });
    }
  }
  const before = instances.filter(isCalled);
  const now = groups(left);
  return {
    lines,
    callableBefore: before.length,
    callableAfter: left.length,
    emptied: [...groups(before)].filter((group) => !now.has(group)),
  };
}

function isCalled(instance: Pick<Instance, 'status' | 'weight'>): boolean {
  return instance.status === 'UP' && (instance.weight ?? 100) > 0;
}

function groups(instances: readonly Instance[]): Set<string> {
  return new Set(
    instances.flatMap((each) => [
      ...(each.zone ? [`zone ${each.zone}`] : []),
      ...(each.version ? [`version ${each.version}`] : []),
    ]),
  );
}

/** Whether it is operators who leave nobody to call, and not the prober alone: somebody would be up without them. */
export function leavesNobody(instances: readonly Instance[]): boolean {
  return (
    instances.length > 0 &&
    !instances.some(isCalled) &&
    instances.some(
      (each) =>
        each.overridden && isCalled(each.overridden) && each.overridden.by.some((words) => !words.startsWith('probe-')),
    )
  );
}

export function scopeWords(scope: Scope, known: readonly Instance[] = []): string {
  if (scope.instance !== undefined) {
    const instance = known.find((each) => each.id === scope.instance);
    return instance ? address(instance) : scope.instance.slice(scope.instance.indexOf('.') + 1);
  }
  const parts = [
    scope.address && `whatever is at ${scope.address}`,
    scope.zone && `zone ${scope.zone}`,
    scope.version && `version ${scope.version}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'every instance';
}

export function effectWords(set: Effect): string {
  const words: string[] = [];
  if (set.status !== undefined) {
    words.push(set.status === 'DOWN' ? 'takes no calls (DOWN)' : set.status === 'DRAINING' ? 'drains' : 'is UP');
  }
  if (set.weight !== undefined) {
    words.push(`weight ${set.weight}`);
  }
  for (const [name, value] of Object.entries(set.tags ?? {})) {
    words.push(`tag ${name}=${value}`);
  }
  return words.join(', ');
}

/** Operators' words before the prober's, the newest first. */
export function arrangeOverrides(overrides: readonly Override[]): Override[] {
  return [...overrides].sort(
    (a, b) =>
      Number(a.kind !== 'OPERATOR') - Number(b.kind !== 'OPERATOR') || b.createdAtMs - a.createdAtMs,
  );
}

/** `lane=blue, disk=ssd` as tags; null where it is not that. */
export function parseTags(text: string): Record<string, string> | null {
  const tags: Record<string, string> = {};
  for (const pair of text.split(',').map((each) => each.trim()).filter(Boolean)) {
    const match = /^([^=:\s]+)[=:](.+)$/.exec(pair);
    if (!match) {
      return null;
    }
    tags[match[1]!] = match[2]!;
  }
  return tags;
}
