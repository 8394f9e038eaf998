import { useCallback } from 'react';
import { getJson } from '../api/client';
import type { OrderInForce, PinnedAnswer, RoutersAnswer, ShadowAnswer, Source } from '../api/types';
import { usePolling } from '../api/usePolling';
import { useDone } from '../operate/Done';
import { PollState } from '../ui/parts';
import { Pinned } from './Pinned';
import { Routers } from './Routers';
import { Shadow } from './Shadow';
import { Sources } from './Sources';
import { ROUTER } from './api';

interface Operated {
  pinned: PinnedAnswer[];
  sources: Source[];
  order: OrderInForce;
  shadow: ShadowAnswer;
}

/** All that operators can say to the routers, as one look: the parts belong together. */
async function ask(signal: AbortSignal): Promise<Operated> {
  const [pinned, sources, order, shadow] = await Promise.all([
    getJson<{ pinned: PinnedAnswer[] }>(`${ROUTER}/pinned`, signal),
    getJson<{ sources: Source[] }>(`${ROUTER}/sources`, signal),
    getJson<OrderInForce>(`${ROUTER}/order`, signal),
    getJson<ShadowAnswer>(`${ROUTER}/shadow`, signal),
  ]);
  return { pinned: pinned.pinned, sources: sources.sources, order, shadow };
}

/** Where names lead: whether all routers say the same, and what operators want of them. */
export function RoutingPage() {
  const routers = usePolling<RoutersAnswer>('routers', (signal) => getJson(`${ROUTER}/routers`, signal), 3000);
  const polled = usePolling('operated', ask, 3000);
  const { refresh } = polled;
  const [deed, done] = useDone(useCallback(() => refresh(), [refresh]));
  const operated = polled.data;
  return (
    <>
      {deed}
      <Routers polled={routers} />
      {operated && (
        <Pinned
          pinned={operated.pinned}
          isAsked={operated.sources.some((each) => each.name === 'pinned' && each.enabled)}
          onDone={done}
        />
      )}
      {operated && operated.shadow.order.length > 0 && (
        <Shadow shadow={operated.shadow} sources={operated.sources} order={operated.order} onDone={done} />
      )}
      <section className="card" aria-labelledby="sources-title">
        <div className="card-head">
          <h2 id="sources-title">Address sources</h2>
        </div>
        <PollState polled={polled} what="sources" />
        {operated && <Sources sources={operated.sources} order={operated.order} onDone={done} />}
      </section>
    </>
  );
}
