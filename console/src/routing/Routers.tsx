import { type FormEvent, useState } from 'react';
import type { RouterState, RoutersAnswer } from '../api/types';
import type { Polled } from '../api/usePolling';
import { TextField } from '../operate/Confirm';
import { duration } from '../ui/format';
import { Badge, Dot, PollState } from '../ui/parts';
import { go } from '../ui/route';
import { type Column, Table } from '../ui/Table';
import { useNow } from '../ui/useNow';

function columns(now: number): Column<RouterState>[] {
  return [
    {
      head: 'Router',
      className: 'mono strong nowrap',
      cell: (router) => (
        <>
          {router.address} {router.self && <span className="quiet">(answers you)</span>}
        </>
      ),
    },
    {
      head: 'Stands',
      className: 'nowrap',
      cell: (router) => (
        <>
          <Badge health={router.why ? 'bad' : router.differs ? 'warn' : 'good'}>
            {router.why ? 'no answer' : router.differs ? 'differs' : 'agrees'}
          </Badge>
          {router.sinceMs > 0 && <span className="quiet">for {duration(now - router.sinceMs)}</span>}
        </>
      ),
    },
    {
      head: 'What differs',
      className: 'why',
      cell: (router) => (
        <>
          {router.why}
          {router.differences.map((each) => (
            <span key={each.service} className="why-line">
              <strong className="mono">{each.service}</strong>: {each.there ?? 'not known'} there, {each.here ?? 'not known'} here
            </span>
          ))}
          {!router.why && router.differences.length === 0 && <span className="quiet">nothing</span>}
        </>
      ),
    },
    { head: 'Services', kind: 'num', cell: (router) => (router.digest === null ? '–' : router.services) },
    { head: 'Digest', className: 'mono quiet', cell: (router) => router.digest ?? '–' },
  ];
}

/** Whether all routers say the same. */
export function Routers(props: { polled: Polled<RoutersAnswer> }) {
  const { polled } = props;
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
          {routers.length > 0 && <Table columns={columns(now)} rows={routers} keyOf={(router) => router.address} />}
        </>
      )}
    </section>
  );
}
