import { type FormEvent, useState } from 'react';
import { change, getJson } from '../api/client';
import type { RoutersAnswer, ShadowAnswer, Source } from '../api/types';
import { usePolling } from '../api/usePolling';
import { Confirm, TextField } from '../operate/Confirm';
import { type Deed, Done } from '../operate/Done';
import { useAuthor } from '../operate/author';
import { isLastSource, switchWords } from '../operate/logic';
import { ago, dateTime } from '../ui/format';
import { Badge, Dot, PollState } from '../ui/parts';
import { go } from '../ui/route';
import { useNow } from '../ui/useNow';

const ROUTER = '/console/api/router/v1';

/** Where names lead: whether all routers say the same, the sources and their switches, what is tried in the shadow. */
export function RoutingPage() {
  return (
    <>
      <Routers />
      <Sources />
      <Shadow />
    </>
  );
}

function Routers() {
  const polled = usePolling<RoutersAnswer>('routers', (signal) => getJson(`${ROUTER}/routers`, signal), 3000);
  const now = useNow();
  const [name, setName] = useState('');
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') {
      go(`/services?name=${encodeURIComponent(name.trim())}&view=explain`);
    }
  };
  const routers = polled.data?.routers ?? [];
  return (
    <section className="card" aria-labelledby="routers-title">
      <div className="card-head">
        <h1 id="routers-title">Routers</h1>
        <form className="find" onSubmit={find}>
          <TextField label="Explain a name" name="name" value={name} onChange={setName} placeholder="/service/user" mono />
          <button type="submit">Explain</button>
        </form>
      </div>
      <PollState polled={polled} what="routers" />
      {polled.data && (
        <>
          <p className={polled.data.agree ? 'says' : 'says says-bad'} role="status">
            <Dot health={polled.data.agree ? 'good' : 'bad'} /> {polled.data.says}
          </p>
          {routers.length > 0 && (
            <div className="table-scroll">
              <table className="table stack">
                <thead>
                  <tr>
                    <th scope="col">Router</th>
                    <th scope="col">Stands</th>
                    <th scope="col">What differs</th>
                    <th scope="col" className="num">Services</th>
                    <th scope="col">Digest</th>
                  </tr>
                </thead>
                <tbody>
                  {routers.map((router) => (
                    <tr key={router.address}>
                      <td className="mono strong nowrap">
                        {router.address} {router.self && <span className="quiet">(answers you)</span>}
                      </td>
                      <td className="nowrap" data-label="Stands">
                        <Badge health={router.why ? 'bad' : router.differs ? 'warn' : 'good'}>
                          {router.why ? 'no answer' : router.differs ? 'differs' : 'agrees'}
                        </Badge>
                        {router.sinceMs > 0 && <span className="quiet">since {ago(router.sinceMs, now)}</span>}
                      </td>
                      <td className="why" data-label="What differs">
                        {router.why}
                        {router.differences.map((each) => (
                          <span key={each.service} className="why-line">
                            <strong className="mono">{each.service}</strong>: {each.there ?? 'not known'} there, {each.here ?? 'not known'}{' '}
                            here
                          </span>
                        ))}
                      </td>
                      <td className="num" data-label="Services">{router.digest === null ? '–' : router.services}</td>
                      <td className="mono quiet" data-label="Digest">{router.digest ?? '–'}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function Sources() {
  const polled = usePolling<{ sources: Source[] }>('sources', (signal) => getJson(`${ROUTER}/sources`, signal), 3000);
  const now = useNow();
  const who = useAuthor();
  const [turning, setTurning] = useState<Source | null>(null);
  const [deed, setDeed] = useState<Deed | null>(null);
  const sources = polled.data?.sources ?? [];

  const turn = (source: Source, enabled: boolean, signed: { author: string; reason: string }) =>
    change<Source>('PUT', `${ROUTER}/sources/${source.name}`, { enabled, reason: signed.reason }, signed.author);
  const confirmed = async (source: Source, signed: { author: string; reason: string }) => {
    const answer = await turn(source, !source.enabled, signed);
    setDeed({
      words: `“${source.name}” is ${source.enabled ? 'off' : 'on'}${answer.shared ? ' on every router.' : ' here; the other routers follow when Redis answers.'}`,
      undo: async () => {
        await turn(source, source.enabled, { author: signed.author, reason: 'undo' });
      },
    });
    polled.refresh();
  };
  return (
    <section className="card" aria-labelledby="sources-title">
      <div className="card-head">
        <h2 id="sources-title">Address sources</h2>
        <p className="quiet">asked in this order until one answers</p>
      </div>
      {deed && <Done deed={deed} onClose={() => (setDeed(null), polled.refresh())} />}
      <PollState polled={polled} what="sources" />
      {sources.length > 0 && (
        <div className="table-scroll">
          <table className="table stack">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Is</th>
                <th scope="col">What it is</th>
                <th scope="col">Last switched</th>
                <th scope="col">
                  <span className="visually-hidden">Switch</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source, place) => (
                <tr key={source.name}>
                  <td className="mono strong nowrap">
                    <span className="quiet">{place + 1}</span> {source.name}
                  </td>
                  <td className="nowrap" data-label="Is">
                    <Badge health={source.enabled ? 'good' : 'bad'}>{source.enabled ? 'on' : 'off'}</Badge>
                    {!source.shared && <Badge health="warn">this router only</Badge>}
                  </td>
                  <td className="why" data-label="What it is">{source.description}</td>
                  <td className="why" data-label="Last switched">
                    {source.by ? (
                      <>
                        {source.by}, <span title={dateTime(source.atMs)}>{ago(source.atMs, now)}</span>
                        {source.reason && <span className="why-line quiet">{source.reason}</span>}
                      </>
                    ) : (
                      <span className="quiet">never</span>
                    )}
                  </td>
                  <td className="end">
                    <button
                      type="button"
                      disabled={!who.isOperator}
                      title={who.isOperator ? undefined : 'needs a token with the role operator'}
                      aria-label={`Switch ${source.name} ${source.enabled ? 'off' : 'on'}`}
                      onClick={() => setTurning(source)}
                    >
                      Switch {source.enabled ? 'off' : 'on'}…
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {turning && (
        <Confirm
          title={`Switch “${turning.name}” ${turning.enabled ? 'off' : 'on'}`}
          action={turning.enabled ? 'Switch it off' : 'Switch it on'}
          typed={isLastSource(turning, sources) ? turning.name : null}
          onConfirm={(signed) => confirmed(turning, signed)}
          onClose={() => setTurning(null)}
        >
          <div className="will">
            <strong>What will change</strong>
            <p className={isLastSource(turning, sources) ? 'text-bad strong' : undefined}>{switchWords(turning, sources)}</p>
          </div>
        </Confirm>
      )}
    </section>
  );
}

function Shadow() {
  const polled = usePolling<ShadowAnswer>('shadow', (signal) => getJson(`${ROUTER}/shadow`, signal), 5000);
  const now = useNow();
  const shadow = polled.data;
  if (!shadow || shadow.order.length === 0) {
    return null;
  }
  return (
    <section className="card" aria-labelledby="shadow-title">
      <div className="card-head">
        <h2 id="shadow-title">Tried in the shadow</h2>
        <p className="quiet">
          {shadow.order.join(' → ')}
          {(shadow.overrides?.length ?? 0) > 0 && `, with ${shadow.overrides?.length} overrides`}, by {shadow.by},{' '}
          {ago(shadow.sinceMs, now)}
        </p>
      </div>
      <p className={shadow.different === 0 ? 'says' : 'says says-bad'}>
        {shadow.compared} answers compared, {shadow.different} would be others.
      </p>
      {shadow.divergences.length > 0 && (
        <ol className="events">
          {shadow.divergences.slice(0, 20).map((each) => (
            <li key={`${each.service} ${each.atMs}`}>
              <span className="mono strong">{each.service}</span>
              <span>
                {each.answeredBy} → {each.wouldBe}
              </span>
              <span className="quiet">{each.why}</span>
              <span className="quiet event-age">{ago(each.atMs, now)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
