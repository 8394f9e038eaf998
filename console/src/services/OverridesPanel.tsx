import { useState } from 'react';
import type { Instance, Override } from '../api/types';
import { Confirm, OperatorButton } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { lift, putAgain } from '../operate/OverrideDialog';
import { arrangeOverrides, covers, effectWords, scopeWords } from '../operate/logic';
import { ago, dateTime, duration } from '../ui/format';
import { Badge, Empty } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';

/** What operators, and the prober, want of the instances instead of what these say. */
export function OverridesPanel(props: {
  overrides: readonly Override[];
  instances: readonly Instance[];
  onDone: (deed: Deed) => void;
}) {
  const now = useNow();
  const [lifting, setLifting] = useState<Override | null>(null);
  if (props.overrides.length === 0) {
    return (
      <Empty title="Nothing is overridden: every instance is listed as it says of itself.">
        <p>“Override…” takes instances out, changes weights or tags, for as long as you say. Lifting it gives back what they say.</p>
      </Empty>
    );
  }
  const take = async (override: Override, signed: { author: string; reason: string }) => {
    await lift(override, signed);
    props.onDone({
      words: `lifted: ${scopeWords(override.scope, props.instances)} ${effectWords(override.set)}.`,
      undo: () => putAgain(override, signed.author),
    });
  };
  const columns: Column<Override>[] = [
    {
      head: 'Which',
      className: 'mono strong',
      title: (each) => each.id,
      cell: (each) => scopeWords(each.scope, props.instances),
    },
    { head: 'Is listed with', cell: (each) => effectWords(each.set) },
    {
      head: 'Covers',
      className: 'nowrap',
      cell: (each) => count(props.instances.filter((instance) => covers(each.scope, instance)).length),
    },
    { head: 'By', cell: (each) => (each.kind === 'PROBE' ? <Badge health="warn">prober</Badge> : each.author) },
    { head: 'Why', className: 'why', cell: (each) => each.reason },
    {
      head: 'Since',
      className: 'nowrap',
      title: (each) => dateTime(each.createdAtMs),
      cell: (each) => ago(each.createdAtMs, now),
    },
    {
      head: 'Ends',
      className: 'nowrap',
      cell: (each) => (each.expiresAtMs ? `in ${duration(each.expiresAtMs - now)}` : 'when it is lifted'),
    },
    {
      head: 'Lift',
      kind: 'end',
      cell: (each) =>
        each.kind === 'OPERATOR' && (
          <OperatorButton label={`Lift the override of ${scopeWords(each.scope, props.instances)}`} onClick={() => setLifting(each)}>
            Lift…
          </OperatorButton>
        ),
    },
  ];
  return (
    <>
      <Table columns={columns} rows={arrangeOverrides(props.overrides)} keyOf={(each) => each.id} />
      {lifting && (
        <Confirm
          title="Lift an override"
          action="Lift it"
          onConfirm={(signed) => take(lifting, signed)}
          onClose={() => setLifting(null)}
        >
          <div className="will">
            <strong>What will change</strong>
            <p>
              {scopeWords(lifting.scope, props.instances)} is listed as it says of itself again:{' '}
              {props.instances.filter((each) => covers(lifting.scope, each)).length} instances. {lifting.author} put it in{' '}
              {ago(lifting.createdAtMs, now)}: “{lifting.reason}”.
            </p>
          </div>
        </Confirm>
      )}
    </>
  );
}

function count(instances: number) {
  return instances === 0 ? (
    <Badge health="idle">nobody now</Badge>
  ) : (
    `${instances} ${instances === 1 ? 'instance' : 'instances'}`
  );
}
