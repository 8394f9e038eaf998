import { useEffect, useState } from 'react';
import { getJson } from '../api/client';
import type { InstancesAnswer, Override, OverridesAnswer, PinnedAnswer, Probed } from '../api/types';
import { usePolling } from '../api/usePolling';
import type { WatchState } from '../api/useWatch';
import { OperatorButton } from '../operate/Confirm';
import { useDone } from '../operate/Done';
import { OverrideDialog } from '../operate/OverrideDialog';
import { useAuthor } from '../operate/author';
import { leavesNobody } from '../operate/logic';
import { Link, Live, PollState } from '../ui/parts';
import { ExplainPanel } from './ExplainPanel';
import { HistoryPanel } from './HistoryPanel';
import { InstancesTable } from './InstancesTable';
import { OverridesPanel } from './OverridesPanel';
import { PinnedNotice } from './PinnedNotice';

const VIEWS = [
  ['instances', 'Instances'],
  ['overrides', 'Overrides'],
  ['history', 'History'],
  ['explain', 'Explain'],
] as const;

/** What is known of a service now: one look at the registry. */
export interface Known {
  answer: InstancesAnswer;
  overrides: Override[];
  /** what the prober says, by instance; empty where it does not answer */
  probes: Map<string, string>;
}

async function ask(service: string, signal: AbortSignal): Promise<Known> {
  const name = encodeURIComponent(service);
  const from = '/console/api/registry/v1';
  // overrides and probes are a help, not a condition: the instances are shown without them
  const [answer, overrides, probes] = await Promise.all([
    getJson<InstancesAnswer>(`${from}/instances?service=${name}`, signal),
    getJson<OverridesAnswer>(`${from}/overrides?service=${name}`, signal).then(
      (page) => page.overrides,
      () => [],
    ),
    getJson<Probed>(`${from}/probes?service=${name}`, signal).then(
      (page) => new Map(page.instances.filter((each) => each.state !== 'in').map((each) => [each.id, each.words])),
      () => new Map<string, string>(),
    ),
  ]);
  return { answer, overrides, probes };
}

/** One service: who offers it and why they stand as they do, what operators want, what was, and what callers get. */
export function ServicePanel(props: {
  service: string;
  query: URLSearchParams;
  watch: WatchState;
  /** how often the watch has told of this service */
  told: number;
  pinned: PinnedAnswer | undefined;
  /** what is pinned may be another now */
  onPinned: () => void;
}) {
  const { service, told } = props;
  const who = useAuthor();
  const polled = usePolling(`service ${service}`, (signal) => ask(service, signal), 3000);
  const { refresh } = polled;
  useEffect(() => {
    if (told > 0) {
      refresh();
    }
  }, [told, refresh]);
  const [editing, setEditing] = useState<string | 'new' | null>(null);
  const [deed, done] = useDone(() => (refresh(), props.onPinned()));
  const view = props.query.get('view') ?? 'instances';
  const known = polled.data;
  const instances = known?.answer.instances ?? [];
  const operators = (known?.overrides ?? []).filter((each) => each.kind === 'OPERATOR').length;

  return (
    <section className="card" aria-labelledby="service-title">
      <div className="card-head">
        <h2 id="service-title" className="mono">
          {service}
        </h2>
        {known && (
          <p className="quiet">
            revision {known.answer.revision} <Live state={props.watch} />
          </p>
        )}
        <span className="card-actions">
          <OperatorButton disabled={instances.length === 0} onClick={() => setEditing('new')}>
            Override…
          </OperatorButton>
          <Link to={`/methods?filter=${encodeURIComponent(service)}`} className="button">
            Methods
          </Link>
          <Link to={`/try?service=${encodeURIComponent(service)}`} className="button">
            Try it
          </Link>
          <Link to="/services" className="button">
            Close
          </Link>
        </span>
      </div>
      <nav className="segments views" aria-label="What to see of the service">
        {VIEWS.map(([name, label]) => (
          <Link
            key={name}
            to={`/services?name=${encodeURIComponent(service)}${name === 'instances' ? '' : `&view=${name}`}`}
            current={view === name}
          >
            {label}
            {name === 'overrides' && operators > 0 && <span className="segment-count">{operators}</span>}
          </Link>
        ))}
      </nav>
      {deed}
      {props.pinned && <PinnedNotice answer={props.pinned} onDone={done} />}
      {leavesNobody(instances) && (
        <div className="notice notice-bad" role="alert">
          <span>
            <strong>Overrides leave nobody to call.</strong> Every call fails though{' '}
            {instances.filter((each) => each.overridden?.status === 'UP').length} say that they are up.
          </span>
          {view !== 'overrides' && (
            <Link to={`/services?name=${encodeURIComponent(service)}&view=overrides`} className="button">
              Which overrides
            </Link>
          )}
        </div>
      )}
      {view !== 'explain' && <PollState polled={polled} what={service} />}
      {known && view === 'instances' && (
        <InstancesTable
          instances={instances}
          probes={known.probes}
          answerAtMs={polled.atMs}
          onChange={who.isOperator ? setEditing : null}
        />
      )}
      {known && view === 'overrides' && (
        <OverridesPanel overrides={known.overrides} instances={instances} onDone={done} />
      )}
      {known && view === 'history' && (
        <HistoryPanel service={service} revision={known.answer.revision} query={props.query} />
      )}
      {view === 'explain' && <ExplainPanel service={service} query={props.query} />}
      {editing !== null && (
        <OverrideDialog
          service={service}
          instances={instances}
          instance={instances.find((each) => each.id === editing) ?? null}
          onDone={done}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}
