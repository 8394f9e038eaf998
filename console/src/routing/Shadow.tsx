import { useState } from 'react';
import type { OrderInForce, ShadowAnswer, Source } from '../api/types';
import { Confirm, OperatorButton, Said, type Signed } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { effectWords, scopeWords } from '../operate/logic';
import { Badge } from '../ui/parts';
import { useNow } from '../ui/useNow';
import { OrderDialog } from './OrderDialog';
import { Divergences } from './Preview';
import { endTrial, everywhere, startTrial, undoing } from './api';
import { asked, sameOrder, shadowWords } from './logic';

/** What is compared before it counts: the names whose answer would be another, and why. */
export function Shadow(props: {
  shadow: ShadowAnswer;
  sources: readonly Source[];
  order: OrderInForce;
  onDone: (deed: Deed) => void;
}) {
  const { shadow, sources, order, onDone } = props;
  const now = useNow();
  const [asking, setAsking] = useState<'effect' | 'end' | null>(null);
  const isInForce = sameOrder(asked(shadow.order, sources), asked(order.order, sources));
  const end = async (signed: Signed) => {
    const answer = await endTrial(signed);
    onDone({
      words: `the trial is over${everywhere(answer)}`,
      undo: async () => void (await startTrial(shadow, undoing(signed.author))),
    });
  };
  return (
    <section className="card" aria-labelledby="shadow-title">
      <div className="card-head">
        <h2 id="shadow-title">Compared in the shadow</h2>
        <p className="quiet">
          <Said by={shadow.by ?? 'somebody'} atMs={shadow.sinceMs} now={now} />
          {shadow.reason && `: ${shadow.reason}`}
        </p>
        <span className="card-actions">
          {!isInForce && <OperatorButton onClick={() => setAsking('effect')}>Take into effect…</OperatorButton>}
          <OperatorButton onClick={() => setAsking('end')}>End the trial…</OperatorButton>
        </span>
      </div>
      <p className="in-force">
        <span>
          <span className="mono">{shadow.order.join(' → ')}</span>
          {isInForce && (
            <>
              {' '}
              <Badge health="idle">the order in force</Badge>
            </>
          )}
          {shadow.overrides.map((each) => (
            <span key={JSON.stringify(each)} className="why-line">
              with <span className="mono">{each.service}</span>: {scopeWords(each.scope)} {effectWords(each.set)}
            </span>
          ))}
        </span>
      </p>
      <p className={shadow.different === 0 ? 'says' : 'says says-bad'} role="status">
        {shadowWords(shadow)}
      </p>
      <Divergences rows={shadow.divergences} isSeen />
      {asking === 'effect' && (
        <OrderDialog
          sources={sources}
          order={order}
          first={shadow.order}
          trial={shadow}
          onDone={onDone}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'end' && (
        <Confirm title="End the trial" action="End it" onConfirm={end} onClose={() => setAsking(null)}>
          <p className="will">Nothing is compared any more, and what was found is forgotten. Callers notice nothing.</p>
        </Confirm>
      )}
    </section>
  );
}
