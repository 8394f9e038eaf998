import { useState } from 'react';
import { getJson } from '../api/client';
import type { Explanation, PinnedAnswer } from '../api/types';
import { usePolling } from '../api/usePolling';
import { OperatorButton } from '../operate/Confirm';
import type { Deed } from '../operate/Done';
import { Addresses, Ends, TakeBack } from '../routing/Pinned';
import { ROUTER } from '../routing/api';
import { ago } from '../ui/format';
import { Link } from '../ui/parts';
import { useNow } from '../ui/useNow';

/** Says above what is registered that callers get something else. */
export function PinnedNotice(props: { answer: PinnedAnswer; onDone: (deed: Deed) => void }) {
  const { answer } = props;
  const now = useNow();
  const [isTaking, setTaking] = useState(false);
  const polled = usePolling<Explanation>(
    `pinned ${answer.service}`,
    (signal) => getJson(`${ROUTER}/explain?${new URLSearchParams({ service: answer.service })}`, signal),
    5000,
  );
  const answeredBy = polled.data?.answeredBy ?? 'pinned';
  return (
    <div className="notice notice-warn">
      <span>
        <strong>
          {answeredBy === 'pinned'
            ? 'Pinned: callers get this list, not what is registered here.'
            : `Pinned, but “${answeredBy}” answers: the source “pinned” is off, or asked behind it.`}
        </strong>{' '}
        <Addresses answer={answer} />
        <span className="why-line">
          {answer.by}, {ago(answer.atMs, now)}: {answer.reason || 'not said why'}. Ends <Ends answer={answer} now={now} />.
        </span>
      </span>
      <span className="notice-buttons">
        <OperatorButton onClick={() => setTaking(true)}>Take back…</OperatorButton>
        <Link to="/routing" className="button">
          Routing
        </Link>
      </span>
      {isTaking && <TakeBack answer={answer} onDone={props.onDone} onClose={() => setTaking(false)} />}
    </div>
  );
}
