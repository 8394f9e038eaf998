import { useState } from 'react';
import type { OrderInForce, Source } from '../api/types';
import { Confirm, OperatorButton, Said, type Signed } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { Badge } from '../ui/parts';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';
import { OrderDialog } from './OrderDialog';
import { PreviewTable, usePreview } from './Preview';
import { everywhere, turn, undoing } from './api';
import { askedWith, isLastSource, isUsual, switchWords } from './logic';

/** Where answers come from: the sources in their order, their switches, and who wanted them so. */
export function Sources(props: { sources: readonly Source[]; order: OrderInForce; onDone: (deed: Deed) => void }) {
  const { sources, order, onDone } = props;
  const now = useNow();
  const [turning, setTurning] = useState<Source | null>(null);
  const [ordering, setOrdering] = useState<readonly string[] | null>(null);
  const columns: Column<Source>[] = [
    {
      head: 'Source',
      className: 'mono strong nowrap',
      cell: (source, place) => (
        <>
          <span className="quiet">{place + 1}</span> {source.name}
        </>
      ),
    },
    {
      head: 'Is',
      className: 'nowrap',
      cell: (source) => (
        <>
          <Badge health={source.enabled ? 'good' : 'bad'}>{source.enabled ? 'on' : 'off'}</Badge>
          {!source.shared && <Badge health="warn">this router only</Badge>}
        </>
      ),
    },
    { head: 'What it is', className: 'why', cell: (source) => source.description },
    {
      head: 'Last switched',
      className: 'why',
      cell: (source) =>
        source.by ? (
          <Said by={source.by} atMs={source.atMs} reason={source.reason} now={now} />
        ) : (
          <span className="quiet">never</span>
        ),
    },
    {
      head: 'Switch',
      kind: 'end',
      cell: (source) => (
        <OperatorButton label={`Switch ${source.name} ${source.enabled ? 'off' : 'on'}`} onClick={() => setTurning(source)}>
          Switch {source.enabled ? 'off' : 'on'}…
        </OperatorButton>
      ),
    },
  ];
  return (
    <>
      <div className="in-force">
        {isUsual(order) ? (
          <p>
            Asked in the usual order, from the top, until one answers.
            {order.by && (
              <span className="quiet">
                {' '}
                Put back by <Said by={order.by} atMs={order.atMs} now={now} />.
              </span>
            )}
          </p>
        ) : (
          <p>
            <Badge health="warn">not the usual order</Badge>
            {!order.shared && <Badge health="warn">this router only</Badge>}{' '}
            <Said by={order.by ?? 'somebody'} atMs={order.atMs} reason={order.reason} now={now} />
          </p>
        )}
        <span className="card-actions">
          {!isUsual(order) && <OperatorButton onClick={() => setOrdering(order.usual)}>Usual order…</OperatorButton>}
          <OperatorButton onClick={() => setOrdering(order.order)}>Change order…</OperatorButton>
        </span>
      </div>
      <Table
        columns={columns}
        rows={sources}
        keyOf={(source) => source.name}
        rowClass={(source) => (source.enabled ? undefined : 'off')}
      />
      {turning && <SwitchDialog source={turning} sources={sources} onDone={onDone} onClose={() => setTurning(null)} />}
      {ordering && (
        <OrderDialog sources={sources} order={order} first={ordering} onDone={onDone} onClose={() => setOrdering(null)} />
      )}
    </>
  );
}

function SwitchDialog(props: {
  source: Source;
  sources: readonly Source[];
  onDone: (deed: Deed) => void;
  onClose: () => void;
}) {
  const { source, sources } = props;
  const { name, enabled } = source;
  const polled = usePreview(askedWith(source, sources));
  const isLast = isLastSource(source, sources);
  const confirmed = async (signed: Signed) => {
    const answer = await turn(name, !enabled, signed);
    props.onDone({
      words: `“${name}” is ${enabled ? 'off' : 'on'}${everywhere(answer)}`,
      undo: async () => void (await turn(name, enabled, undoing(signed.author))),
    });
  };
  return (
    <Confirm
      title={`Switch “${name}” ${enabled ? 'off' : 'on'}`}
      action={enabled ? 'Switch it off' : 'Switch it on'}
      typed={isLast || (polled.data?.emptied ?? 0) > 0 ? name : null}
      onConfirm={confirmed}
      onClose={props.onClose}
    >
      <div className="will">
        <strong>What callers will see</strong>
        <p className={isLast ? 'text-bad strong' : undefined}>{switchWords(source, sources)}</p>
        <PreviewTable polled={polled} />
      </div>
    </Confirm>
  );
}
