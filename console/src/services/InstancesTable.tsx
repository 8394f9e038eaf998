import type { Instance } from '../api/types';
import { reasonWords } from '../operate/logic';
import { duration } from '../ui/format';
import { Badge, Empty } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { type Health, address, arrangeInstances, instanceHealth, leaseLeftMs } from './logic';

/** The instances of a service, what is wrong first, each with the reason in words. */
export function InstancesTable(props: {
  instances: readonly Instance[];
  probes: ReadonlyMap<string, string>;
  answerAtMs: number;
  onChange: ((id: string) => void) | null;
}) {
  const now = useNow(500);
  const instances = arrangeInstances(props.instances);
  if (instances.length === 0) {
    return (
      <Empty title="No instance of this service is registered now.">
        <p>Calls to it are answered NOT_FOUND or UNAVAILABLE until one registers. History says who left and why.</p>
      </Empty>
    );
  }
  const { onChange } = props;
  const columns: Column<Instance>[] = [
    {
      head: 'Address',
      className: 'nowrap',
      title: (instance) => `${instance.id}, incarnation ${instance.incarnation}`,
      cell: (instance) => (
        <>
          <span className="mono strong">{address(instance)}</span>
          {instance.registeredAtMs !== undefined && (
            <span className="why-line quiet">{duration(now - instance.registeredAtMs)} old</span>
          )}
        </>
      ),
    },
    {
      head: 'Status',
      className: 'nowrap',
      cell: (instance) => (
        <>
          <Badge health={instanceHealth(instance)}>{instance.status.toLowerCase()}</Badge>
          {instance.held && <Badge health="warn">held</Badge>}
        </>
      ),
    },
    {
      head: 'Why',
      className: 'why',
      cell: (instance) => <Why instance={instance} probe={props.probes.get(instance.id)} />,
    },
    {
      head: 'Lease left',
      cell: (instance) => (
        <Lease leftMs={leaseLeftMs(instance, props.answerAtMs, now)} ttlSeconds={instance.ttlSeconds ?? null} />
      ),
    },
    { head: 'Version', className: 'nowrap', cell: (instance) => instance.version ?? <None /> },
    { head: 'Zone', className: 'nowrap', cell: (instance) => instance.zone ?? <None /> },
    { head: 'Weight', kind: 'num', cell: (instance) => instance.weight ?? 100 },
    {
      head: 'Change',
      kind: 'end',
      cell: (instance) =>
        onChange && (
          <button type="button" aria-label={`Override ${address(instance)}`} onClick={() => onChange(instance.id)}>
            Override…
          </button>
        ),
    },
  ];
  return <Table columns={columns} rows={instances} keyOf={(instance) => instance.id} />;
}

/** Why an instance stands as it does: overrides by name, what the prober sees, else the registry's last reason. */
function Why(props: { instance: Instance; probe: string | undefined }) {
  const { instance, probe } = props;
  const overridden = instance.overridden;
  return (
    <>
      {overridden?.by.map((by) => (
        <span key={by} className="why-line">
          {by.replace(/^[^:]*: /, '')}
        </span>
      ))}
      {overridden && overridden.status !== instance.status && (
        <span className="why-line quiet">says itself: {overridden.status.toLowerCase()}</span>
      )}
      {!overridden && <span className="why-line">{reasonWords(instance.reason) || <None />}</span>}
      {probe && <span className="why-line text-warn">probe: {probe}</span>}
    </>
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
      <span className="lease-text">{props.leftMs === 0 ? 'over' : `${(props.leftMs / 1000).toFixed(0)} s`}</span>
    </span>
  );
}
