import { getJson } from '../api/client';
import type { Change, ChangesAnswer, Instance, InstancesAnswer } from '../api/types';
import { usePolling } from '../api/usePolling';
import { ago, clock, duration } from '../ui/format';
import { Badge, Empty, Link, PollState } from '../ui/parts';
import { useNow } from '../ui/useNow';
import { type Health, address, arrangeInstances, instanceHealth, leaseLeftMs, shortId } from './logic';

const CHANGES = 30;

interface Both {
  answer: InstancesAnswer;
  changes: Change[];
}

async function ask(service: string, signal: AbortSignal): Promise<Both> {
  const name = encodeURIComponent(service);
  const answer = await getJson<InstancesAnswer>(`/console/api/registry/v1/instances?service=${name}`, signal);
  const since = Math.max(0, answer.revision - CHANGES);
  // what happened is a help, not a condition: the instances are shown without it
  const changes = await getJson<ChangesAnswer>(
    `/console/api/registry/v1/changes?service=${name}&since=${since}`,
    signal,
  ).then(
    (page) => page.changes,
    () => [],
  );
  return { answer, changes };
}

export function InstancesPanel(props: { service: string }) {
  const polled = usePolling(`instances ${props.service}`, (signal) => ask(props.service, signal), 2000);
  const now = useNow(500);
  const instances = arrangeInstances(polled.data?.answer.instances ?? []);
  const changes = [...(polled.data?.changes ?? [])].reverse();
  return (
    <section className="card" aria-labelledby="instances-title">
      <div className="card-head">
        <h2 id="instances-title" className="mono">{props.service}</h2>
        {polled.data && (
          <p className="quiet">
            revision {polled.data.answer.revision}, epoch <span className="mono">{polled.data.answer.epoch}</span>
          </p>
        )}
        <span className="card-actions">
          <Link to={`/methods?filter=${encodeURIComponent(props.service)}`} className="button">Methods</Link>
          <Link to={`/try?service=${encodeURIComponent(props.service)}`} className="button">Try it</Link>
          <Link to="/services" className="button" >Close</Link>
        </span>
      </div>
      <PollState polled={polled} what="instances" />
      {polled.data && instances.length === 0 && (
        <Empty title="No instance of this service is registered now.">
          <p>Calls to it are answered NOT_FOUND or UNAVAILABLE until one registers.</p>
        </Empty>
      )}
      {instances.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Address</th>
                <th scope="col">Status</th>
                <th scope="col">Lease left</th>
                <th scope="col">Version</th>
                <th scope="col">Zone</th>
                <th scope="col" className="num">Weight</th>
                <th scope="col">Speaks</th>
                <th scope="col">Reason</th>
                <th scope="col">Instance</th>
              </tr>
            </thead>
            <tbody>
              {instances.map((instance) => (
                <InstanceRow key={instance.id} instance={instance} leftMs={leaseLeftMs(instance, polled.atMs, now)} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changes.length > 0 && (
        <>
          <h3>What happened</h3>
          <ol className="events">
            {changes.map((change) => (
              <li key={change.revision}>
                <time dateTime={new Date(change.atMs).toISOString()} title={new Date(change.atMs).toLocaleString()}>
                  {clock(change.atMs)}
                </time>
                <Badge health={changeHealth(change)}>{change.type.toLowerCase()}</Badge>
                <span className="mono">{change.instance ? address(change.instance) : shortId(change.id)}</span>
                <span className="quiet">{change.reason}</span>
                <span className="quiet event-age">{ago(change.atMs, now)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function changeHealth(change: Change): Health {
  if (change.type !== 'REMOVED') {
    return change.reason === 'held' ? 'warn' : 'idle';
  }
  return change.reason === 'graceful' || change.reason === 'operator' ? 'idle' : 'bad';
}

function InstanceRow(props: { instance: Instance; leftMs: number | null; now: number }) {
  const { instance, leftMs } = props;
  return (
    <tr>
      <td className="mono strong">{address(instance)}</td>
      <td className="nowrap">
        <Badge health={instanceHealth(instance)}>{instance.status.toLowerCase()}</Badge>
        {instance.held && <Badge health="warn">held</Badge>}
      </td>
      <td>
        <Lease leftMs={leftMs} ttlSeconds={instance.ttlSeconds ?? null} />
      </td>
      <td className="nowrap">{instance.version ?? <None />}</td>
      <td className="nowrap">{instance.zone ?? <None />}</td>
      <td className="num">{instance.weight ?? 100}</td>
      <td className="nowrap">{instance.protocols?.join(' ') ?? <None />}</td>
      <td className="reason">{instance.reason ?? <None />}</td>
      <td className="quiet" title={`${instance.id}, incarnation ${instance.incarnation}`}>
        <span className="mono">{shortId(instance.id)}</span>
        {instance.registeredAtMs !== undefined && (
          <>
            <br />
            <span className="nowrap">{duration(props.now - instance.registeredAtMs)} old</span>
          </>
        )}
      </td>
    </tr>
  );
}

function None() {
  return <span className="quiet">–</span>;
}

function Lease(props: { leftMs: number | null; ttlSeconds: number | null }) {
  if (props.leftMs === null) {
    return <span className="quiet">no lease</span>;
  }
  const whole = (props.ttlSeconds ?? 10) * 1000;
  const part = Math.min(1, props.leftMs / whole);
  const health: Health = props.leftMs === 0 ? 'bad' : part < 0.3 ? 'warn' : 'good';
  return (
    <span className="lease">
      <meter className={`lease-bar lease-${health}`} min={0} max={whole} value={props.leftMs} aria-label="lease left" />
      <span className="lease-text">{props.leftMs === 0 ? 'expired' : `${(props.leftMs / 1000).toFixed(0)} s`}</span>
    </span>
  );
}
