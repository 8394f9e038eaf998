import { useState } from 'react';
import { change } from '../api/client';
import type { Effect, Instance, InstanceStatus, Override, Scope } from '../api/types';
import { Badge } from '../ui/parts';
import { address, instanceHealth } from '../services/logic';
import { Confirm, EndsField, TextField } from './Confirm';
import type { Deed } from './Done';
import { effectWords, parseTags, preview, scopeWords } from './logic';

type Who = 'instance' | 'address' | 'zone' | 'version' | 'all';

/** Puts an override in: which instances, listed with what, until when; shows what it will change before it does. */
export function OverrideDialog(props: {
  service: string;
  instances: readonly Instance[];
  instance: Instance | null;
  onDone: (deed: Deed) => void;
  onClose: () => void;
}) {
  const { service, instances } = props;
  const first = props.instance ?? instances[0];
  const [who, setWho] = useState<Who>(props.instance ? 'instance' : 'all');
  const [which, setWhich] = useState(first?.id ?? '');
  const [zone, setZone] = useState(first?.zone ?? '');
  const [version, setVersion] = useState(first?.version ?? '');
  const [status, setStatus] = useState<InstanceStatus | ''>('DOWN');
  const [weight, setWeight] = useState('');
  const [tags, setTags] = useState('');
  const [ends, setEnds] = useState('3600');

  const chosen = instances.find((each) => each.id === which);
  const scope: Scope =
    who === 'instance'
      ? { instance: which }
      : who === 'address'
        ? { address: chosen ? address(chosen) : '' }
        : who === 'zone'
          ? { zone }
          : who === 'version'
            ? { version }
            : {};
  const parsed = parseTags(tags);
  const set: Effect = {
    ...(status === '' ? {} : { status }),
    ...(weight.trim() === '' ? {} : { weight: Number(weight) }),
    ...(parsed && Object.keys(parsed).length > 0 ? { tags: parsed } : {}),
  };
  const shown = preview({ service, scope, set }, instances);
  const count = shown.lines.filter((line) => line.changes.length > 0).length;
  const takesLast = shown.callableBefore > 0 && shown.callableAfter === 0;
  const wrong =
    weight.trim() !== '' && !/^\d{1,3}$|^1000$/.test(weight.trim())
      ? 'Weight: a whole number from 0 to 1000.'
      : parsed === null
        ? 'Tags: name=value, with commas between them.'
        : Object.keys(set).length === 0
          ? 'Choose a status, a weight or tags.'
          : shown.lines.length === 0
            ? 'No instance is meant by this.'
            : count === 0
              ? 'Nothing would change.'
              : null;

  const put = async (signed: { author: string; reason: string }) => {
    const answer = await change<{ override: Override; changed: number }>(
      'POST',
      '/console/api/registry/v1/overrides',
      {
        service,
        scope,
        set,
        reason: signed.reason,
        ...(ends === '' ? {} : { expiresSeconds: Number(ends) }),
        // the registry wants to be told that nobody may be left: the service's name was typed for it
        ...(takesLast ? { force: true } : {}),
      },
      signed.author,
    );
    props.onDone({
      words: `${scopeWords(scope, instances)} ${effectWords(set)}; ${answer.changed} listed otherwise.`,
      undo: () => lift(answer.override, { author: signed.author, reason: 'undo' }),
    });
  };

  return (
    <Confirm
      title={`Override ${service}`}
      action={status === 'DOWN' && set.weight === undefined && !set.tags ? `Take ${count} out` : `Change ${count}`}
      wrong={wrong}
      typed={takesLast ? service : null}
      onConfirm={put}
      onClose={props.onClose}
    >
      <fieldset className="choices">
        <legend>Which</legend>
        {choice('who', 'instance', who, setWho, 'one instance')}
        {choice('who', 'address', who, setWho, 'whatever is at its address')}
        {choice('who', 'zone', who, setWho, 'a zone')}
        {choice('who', 'version', who, setWho, 'a version')}
        {choice('who', 'all', who, setWho, 'all of the service')}
      </fieldset>
      {(who === 'instance' || who === 'address') && (
        <label className="field">
          <span>Instance</span>
          <select name="instance" value={which} onChange={(event) => setWhich(event.target.value)}>
            {instances.map((each) => (
              <option key={each.id} value={each.id}>
                {address(each)} {each.zone ?? ''} {each.version ?? ''} {each.status.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
      )}
      {who === 'zone' && <TextField label="Zone" name="zone" value={zone} onChange={setZone} list={values(instances, 'zone')} mono />}
      {who === 'version' && (
        <TextField label="Version" name="version" value={version} onChange={setVersion} list={values(instances, 'version')} mono />
      )}
      <div className="field-row">
        <label className="field">
          <span>Status</span>
          <select name="status" value={status} onChange={(event) => setStatus(event.target.value as InstanceStatus | '')}>
            <option value="DOWN">DOWN: no calls</option>
            <option value="DRAINING">DRAINING: no new calls</option>
            <option value="">as it says itself</option>
          </select>
        </label>
        <TextField label="Weight" name="weight" value={weight} onChange={setWeight} placeholder="as it says" most={4} mono />
        <TextField label="Tags" name="tags" value={tags} onChange={setTags} placeholder="lane=blue" mono />
        <EndsField value={ends} onChange={setEnds} never="when somebody lifts it" />
      </div>
      <div className="will" aria-live="polite">
        <strong>What will change</strong>
        <ul className="will-list">
          {shown.lines.slice(0, 8).map((line) => {
            const instance = instances.find((each) => each.id === line.id);
            return (
              <li key={line.id}>
                <span className="mono">{line.address}</span>
                {instance && <Badge health={instanceHealth(instance)}>{line.status.toLowerCase()}</Badge>}
                <span>{line.changes.length > 0 ? line.changes.join(', ') : 'nothing: it is so already'}</span>
              </li>
            );
          })}
          {shown.lines.length > 8 && <li>and {shown.lines.length - 8} more</li>}
        </ul>
        <p className={takesLast ? 'text-bad strong' : 'quiet'}>
          {shown.callableBefore} of {instances.length} can be called now, {shown.callableAfter} then.
          {takesLast && ' Every call to this service will fail.'}
        </p>
        {!takesLast && shown.emptied.length > 0 && (
          <p className="text-warn strong">
            Nobody is left in {shown.emptied.join(', ')}: callers that ask for it find nobody.
          </p>
        )}
      </div>
    </Confirm>
  );
}

function choice(name: string, value: Who, now: Who, set: (value: Who) => void, words: string) {
  return (
    <label>
      <input type="radio" name={name} value={value} checked={now === value} onChange={() => set(value)} /> {words}
    </label>
  );
}

function values(instances: readonly Instance[], field: 'zone' | 'version'): string[] {
  return [...new Set(instances.map((each) => each[field]).filter((each): each is string => Boolean(each)))].sort();
}

/** Lifts an override. */
export async function lift(override: Override, signed: { author: string; reason: string }): Promise<void> {
  const query = new URLSearchParams({ service: override.service, reason: signed.reason });
  await change('DELETE', `/console/api/registry/v1/overrides/${override.id}?${query}`, undefined, signed.author);
}

/** Puts an override in again, under the id that it had. */
export async function putAgain(override: Override, author: string): Promise<void> {
  await change('PUT', '/console/api/registry/v1/intent', { overrides: [override] }, author);
}
