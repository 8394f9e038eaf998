import { useEffect, useRef, useState } from 'react';
import type { OrderInForce, ShadowAnswer, Source } from '../api/types';
import { Confirm, type Signed } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { Badge } from '../ui/parts';
import { PreviewTable, usePreview } from './Preview';
import { endTrial, everywhere, setOrder, startTrial, undoing } from './api';
import { asked, moved, orderToSend, sameOrder, whole } from './logic';

/**
 * Another order of the sources: put together here, compared in the shadow or taken into effect. With `trial`, one that
 * was compared, it is only taken into effect.
 */
export function OrderDialog(props: {
  sources: readonly Source[];
  order: OrderInForce;
  first: readonly string[];
  trial?: ShadowAnswer;
  onDone: (deed: Deed) => void;
  onClose: () => void;
}) {
  const { sources, order } = props;
  const [wanted, setWanted] = useState(() => whole(props.first, sources));
  const [isTrial, setTrial] = useState(!props.trial);
  const [last, setLast] = useState<{ name: string; by: -1 | 1 } | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const isSame = sameOrder(wanted, order.order);
  const polled = usePreview(isSame ? null : asked(wanted, sources));
  const lost = polled.data?.divergences.find((each) => each.callable > 0 && each.wouldBeCallable === 0);
  const untried = props.trial ? asked(wanted, sources).filter((name) => !props.first.includes(name)) : [];

  const move = (name: string, by: -1 | 1) => {
    setWanted(moved(wanted, name, by));
    setLast({ name, by });
  };
  useEffect(() => {
    // a row that moves takes the keyboard's place along
    list.current?.querySelector<HTMLElement>(`[data-move="${last?.name} ${last?.by}"]`)?.focus();
  }, [last]);
  const compare = async (signed: Signed) => {
    const answer = await startTrial({ order: asked(wanted, sources), overrides: [] }, signed);
    props.onDone({
      words: `the order is compared${everywhere(answer)} Callers notice nothing of it.`,
      undo: async () => void (await endTrial(undoing(signed.author))),
    });
  };
  const takeEffect = async (signed: Signed) => {
    const answer = await setOrder(orderToSend(wanted, order.usual), signed);
    props.onDone({
      words: `sources are asked in the order ${wanted.join(', ')}${everywhere(answer)}`,
      undo: async () => void (await setOrder(orderToSend(order.order, order.usual), undoing(signed.author))),
    });
  };
  return (
    <Confirm
      title="Order of the address sources"
      action={isTrial ? 'Compare it' : 'Take it into effect'}
      wrong={isSame ? 'This order is in force: move a source.' : null}
      typed={!isTrial && lost ? lost.service : null}
      onConfirm={isTrial ? compare : takeEffect}
      onClose={props.onClose}
    >
      <ol ref={list} className="ordering" aria-label="Sources in the order in which they are asked">
        {wanted.map((name, place) => (
          <li key={name}>
            <span className="quiet">{place + 1}</span>
            <span className="mono strong">{name}</span>
            {asked([name], sources).length === 0 && <Badge health="idle">off</Badge>}
            {order.order.indexOf(name) !== place && <span className="quiet">was {order.order.indexOf(name) + 1}</span>}
            <span className="ordering-moves">
              {([-1, 1] as const).map((by) => (
                <button
                  key={by}
                  type="button"
                  className="icon"
                  data-move={`${name} ${by}`}
                  aria-label={`Move ${name} ${by < 0 ? 'up' : 'down'}`}
                  aria-disabled={place === (by < 0 ? 0 : wanted.length - 1)}
                  onClick={() => move(name, by)}
                >
                  <span aria-hidden="true">{by < 0 ? '↑' : '↓'}</span>
                </button>
              ))}
            </span>
          </li>
        ))}
      </ol>
      <p className="visually-hidden" aria-live="polite">
        {last && `${last.name} is number ${wanted.indexOf(last.name) + 1} of ${wanted.length}`}
      </p>
      {!props.trial && (
        <fieldset className="choices">
          <legend>What to do with it</legend>
          <label>
            <input type="radio" name="what" checked={isTrial} onChange={() => setTrial(true)} /> compare it in the shadow first
          </label>
          <label>
            <input type="radio" name="what" checked={!isTrial} onChange={() => setTrial(false)} /> take it into effect now
          </label>
        </fieldset>
      )}
      {!isSame && (
        <div className="will">
          <strong>{isTrial ? 'What callers would see if it took effect' : 'What callers will see'}</strong>
          {isTrial && <p>Compared with the lookups that come, each name at most once a second. Callers notice nothing.</p>}
          {untried.length > 0 && <p className="text-warn">Not tried, but asked behind the others: {untried.join(', ')}.</p>}
          <PreviewTable polled={polled} />
        </div>
      )}
    </Confirm>
  );
}
