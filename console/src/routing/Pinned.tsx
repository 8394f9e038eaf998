import { useState } from 'react';
import { getJson } from '../api/client';
import type { Explanation, PinnedAnswer } from '../api/types';
import { usePolling } from '../api/usePolling';
import { Confirm, OperatorButton, Said, type Signed } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { address } from '../services/logic';
import { dateTime, duration } from '../ui/format';
import { Badge, Link, PollState } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { PinDialog } from './PinDialog';
import { ROUTER, everywhere, pinAgain, unpin } from './api';
import { few } from './logic';

/** Names that operators answer for: with what, who wanted it, why, and until when. */
export function Pinned(props: { pinned: readonly PinnedAnswer[]; isAsked: boolean; onDone: (deed: Deed) => void }) {
  const { pinned, onDone } = props;
  const now = useNow();
  const [pinning, setPinning] = useState<PinnedAnswer | 'new' | null>(null);
  const [taking, setTaking] = useState<PinnedAnswer | null>(null);
  const columns: Column<PinnedAnswer>[] = [
    {
      head: 'Name',
      className: 'mono strong',
      cell: (each) => <Link to={`/services?name=${encodeURIComponent(each.service)}`}>{each.service}</Link>,
    },
    {
      head: 'Is answered with',
      className: 'why',
      cell: (each) => (
        <>
          <Addresses answer={each} />
          {!each.shared && <Badge health="warn">this router only</Badge>}
        </>
      ),
    },
    {
      head: 'By',
      className: 'why',
      cell: (each) => <Said by={each.by} atMs={each.atMs} reason={each.reason} now={now} />,
    },
    { head: 'Ends', className: 'nowrap', cell: (each) => <Ends answer={each} now={now} /> },
    {
      head: 'Change',
      kind: 'end',
      cell: (each) => (
        <span className="row-actions">
          <OperatorButton label={`Take back the answer for ${each.service}`} onClick={() => setTaking(each)}>
            Take back…
          </OperatorButton>
          <OperatorButton label={`Change the answer for ${each.service}`} onClick={() => setPinning(each)}>
            Change…
          </OperatorButton>
        </span>
      ),
    },
  ];
  return (
    <section className="card" aria-labelledby="pinned-title">
      <div className="card-head">
        <h2 id="pinned-title">Pinned answers</h2>
        <p className="quiet">given by an operator instead of what is registered</p>
        <span className="card-actions">
          <OperatorButton onClick={() => setPinning('new')}>Pin a name…</OperatorButton>
        </span>
      </div>
      {pinned.length > 0 && !props.isAsked && (
        <p className="notice notice-warn">The source “pinned” is off: these answers reach nobody until it is on again.</p>
      )}
      {pinned.length === 0 ? (
        <p className="in-force quiet">No name is pinned: every answer is what the sources say.</p>
      ) : (
        <Table columns={columns} rows={pinned} keyOf={(each) => each.service} />
      )}
      {pinning && (
        <PinDialog before={pinning === 'new' ? null : pinning} onDone={onDone} onClose={() => setPinning(null)} />
      )}
      {taking && <TakeBack answer={taking} onDone={onDone} onClose={() => setTaking(null)} />}
    </section>
  );
}

export function Addresses(props: { answer: PinnedAnswer }) {
  const { instances, callable } = props.answer;
  return (
    <>
      {callable === 0 && <Badge health="bad">nobody can be called</Badge>}
      <span className="mono" title={instances.map(address).join('\n')}>
        {few(instances.map(address), 4)}
      </span>
    </>
  );
}

export function Ends(props: { answer: PinnedAnswer; now: number }) {
  const { expiresAtMs } = props.answer;
  return expiresAtMs ? (
    <span title={dateTime(expiresAtMs)}>in {duration(expiresAtMs - props.now)}</span>
  ) : (
    <>when it is taken back</>
  );
}

/** Takes a pinned answer back, and says first who answers then. */
export function TakeBack(props: { answer: PinnedAnswer; onDone: (deed: Deed) => void; onClose: () => void }) {
  const { answer } = props;
  const { service } = answer;
  const polled = usePolling<Explanation>(
    `take back ${service}`,
    (signal) => getJson(`${ROUTER}/explain?${new URLSearchParams({ service })}`, signal),
    5000,
  );
  const next = polled.data?.steps.find((step) => step.source !== 'pinned' && step.enabled && step.outcome === 'answered');
  const isNobody = polled.data !== undefined && !next?.instances;
  const confirmed = async (signed: Signed) => {
    const said = await unpin(service, signed);
    props.onDone({ words: `${service} is no longer pinned${everywhere(said)}`, undo: () => pinAgain(answer, signed.author) });
  };
  return (
    <Confirm
      title={`Take back the answer for ${service}`}
      action="Take it back"
      typed={isNobody ? service : null}
      onConfirm={confirmed}
      onClose={props.onClose}
    >
      <div className="will" aria-live="polite">
        <strong>What callers will see</strong>
        <PollState polled={polled} what="who answers then" />
        {polled.data && (
          <p className={isNobody ? 'text-bad strong' : undefined}>
            {next?.instances
              ? `The source “${next.source}” answers again, with ${next.instances} ${next.instances === 1 ? 'instance' : 'instances'} instead of ${answer.instances.length}.`
              : 'No other source names an instance of it: every call to it fails then.'}
          </p>
        )}
      </div>
    </Confirm>
  );
}
