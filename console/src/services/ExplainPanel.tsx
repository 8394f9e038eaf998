import { type FormEvent, useState } from 'react';
import { getJson } from '../api/client';
import type { Explanation } from '../api/types';
import { usePolling } from '../api/usePolling';
import { TextField } from '../operate/Confirm';
import { reasonWords } from '../operate/logic';
import { duration, millis } from '../ui/format';
import { Badge, PollState } from '../ui/parts';
import { go } from '../ui/route';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { type Health, address, instanceHealth } from './logic';

const OUTCOMES: Record<string, [Health, string]> = {
  answered: ['good', 'answers'],
  unknown: ['idle', 'does not know it'],
  failed: ['bad', 'cannot say'],
  passed: ['idle', 'has nothing to do with it'],
  off: ['warn', 'switched off'],
};

const STEPS: Column<Explanation['steps'][number]>[] = [
  { head: 'Source', className: 'mono strong', title: (step) => step.description, cell: (step) => step.source },
  {
    head: 'Says',
    cell: (step) => {
      const [health, words] = OUTCOMES[step.outcome] ?? (['idle', step.outcome] as const);
      return (
        <>
          <Badge health={step.decides ? 'good' : step.outcome === 'answered' ? 'idle' : health}>{words}</Badge>
          {step.decides && <span className="quiet">the answer</span>}
        </>
      );
    },
  },
  {
    head: 'Why',
    className: 'why',
    cell: (step) => (
      <>
        {step.why || <span className="quiet">{step.description}</span>}
        {step.by && !step.enabled && <span className="quiet"> ({step.by})</span>}
      </>
    ),
  },
  { head: 'Revision', kind: 'num', cell: (step) => (step.source === 'pinned' ? '–' : (step.revision ?? '–')) },
  { head: 'Age', kind: 'num', cell: (step) => (step.ageMs === null ? '–' : millis(step.ageMs)) },
  { head: 'Instances', kind: 'num', cell: (step) => step.instances ?? '–' },
];

const INSTANCES: Column<Explanation['instances'][number]>[] = [
  { head: 'Address', className: 'mono strong nowrap', cell: address },
  { head: 'In the answer', cell: (each) => <Badge health={each.inAnswer ? 'good' : 'bad'}>{each.inAnswer ? 'yes' : 'no'}</Badge> },
  { head: 'Status', cell: (each) => <Badge health={instanceHealth(each)}>{each.status.toLowerCase()}</Badge> },
  {
    head: 'Why',
    className: 'why',
    cell: (each) => (
      <>
        {each.why && <span className="why-line">{each.why}</span>}
        {each.overriddenBy.map((by) => (
          <span key={by} className="why-line">
            {by.replace(/^[^:]*: /, '')}
          </span>
        ))}
        {each.reason && each.overriddenBy.length === 0 && <span className="why-line quiet">{reasonWords(each.reason)}</span>}
      </>
    ),
  },
  { head: 'Weight', kind: 'num', cell: (each) => each.weight },
];

/** What a caller gets for a name, and why: source by source, instance by instance, for the filters it asks with. */
export function ExplainPanel(props: { service: string; query: URLSearchParams }) {
  const { service, query } = props;
  const now = useNow();
  const [zone, setZone] = useState(query.get('zone') ?? '');
  const [version, setVersion] = useState(query.get('version') ?? '');
  const [tag, setTag] = useState(query.get('tag') ?? '');
  const asked = new URLSearchParams({ service });
  for (const name of ['zone', 'version', 'tag']) {
    const value = query.get(name);
    if (value) {
      asked.set(name, value);
    }
  }
  const polled = usePolling<Explanation>(
    `explain ${asked}`,
    (signal) => getJson(`/console/api/router/v1/explain?${asked}`, signal),
    5000,
  );
  const explained = polled.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const next = new URLSearchParams({ name: service, view: 'explain' });
    Object.entries({ zone, version, tag }).forEach(([name, value]) => value.trim() && next.set(name, value.trim()));
    go(`/services?${next}`, { replace: true });
  };
  return (
    <>
      <form className="explain-form" onSubmit={submit}>
        <TextField label="A caller that asks for zone" name="zone" value={zone} onChange={setZone} placeholder="any" mono />
        <TextField label="Version" name="version" value={version} onChange={setVersion} placeholder="any" mono />
        <TextField label="Tag" name="tag" value={tag} onChange={setTag} placeholder="lane:blue" mono />
        <button type="submit" className="primary">
          Explain
        </button>
      </form>
      <PollState polled={polled} what="the explanation" />
      {explained && (
        <>
          <p className={explained.listed > 0 ? 'says' : 'says says-bad'}>{explained.says}</p>
          {explained.store && <p className="notice notice-warn">Redis: {explained.store}. Answers go on from what is known.</p>}
          {explained.suspicion && <p className="notice notice-warn">The store is not believed: {explained.suspicion}</p>}
          {explained.elsewhere.map((each) => (
            <p key={each.router} className="notice notice-bad">
              <span>
                <strong>{each.router} answers otherwise</strong> for {duration(now - each.sinceMs)}: {each.there ?? 'nothing'} there,{' '}
                {each.here ?? 'nothing'} here.
              </span>
            </p>
          ))}
          <h3>Source by source</h3>
          <Table
            columns={STEPS}
            rows={explained.steps}
            keyOf={(step) => step.source}
            rowClass={(step) => (step.decides ? 'within' : undefined)}
          />
          {explained.instances.length > 0 && (
            <>
              <h3>Instance by instance</h3>
              <Table columns={INSTANCES} rows={explained.instances} keyOf={(each) => each.id} />
            </>
          )}
        </>
      )}
    </>
  );
}
