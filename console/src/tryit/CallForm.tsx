import { useState } from 'react';
import { type Reply, send } from '../api/client';
import { Copy, Field, SendForm } from './fields';
import { asCurl, asRedisCli, callPath, checkArgs, checkMethod, checkService, checkTimeout } from './logic';
import { Result } from './Result';
import type { Known } from './TryPage';

export function CallForm(props: { known: Known; service: string; method: string }) {
  const [service, setService] = useState(props.service || '/service/helloworld');
  const [method, setMethod] = useState(props.method || (props.service ? '' : 'hello'));
  const [args, setArgs] = useState(props.service ? '[]' : '["world"]');
  const [timeoutMs, setTimeoutMs] = useState('1000');
  const [reply, setReply] = useState<Reply | null>(null);
  const [busy, setBusy] = useState(false);
  const problems = [checkService(service), checkMethod(method), checkArgs(args), checkTimeout(timeoutMs)];
  const wrong = problems.some((problem) => problem !== null);

  const call = async () => {
    setBusy(true);
    const body = args.trim() === '' ? '[]' : args;
    const headers = { 'moa-timeout-ms': timeoutMs };
    setReply(await send('POST', callPath(service, method), body, headers, Number(timeoutMs) + 5000));
    setBusy(false);
  };

  return (
    <div className="try">
      <SendForm label="Send the call" busy={busy} wrong={wrong} onSend={call}>
        <Field label="Service" name="service" value={service} onChange={setService} problem={problems[0]} list={props.known.services} />
        <div className="field-row">
          <Field label="Method" name="method" value={method} onChange={setMethod} problem={problems[1]} list={props.known.methodsOf(service)} hint="$describe tells what there is" />
          <Field label="Timeout, ms" name="timeout" value={timeoutMs} onChange={setTimeoutMs} problem={problems[3]} />
        </div>
        <Field label="Arguments" name="args" lines={5} value={args} onChange={setArgs} problem={problems[2]} hint="JSON: an array by position, or an object by name" />
      </SendForm>
      <div className="try-out">
        {reply ? <Result reply={reply} /> : <p className="quiet">The reply appears here.</p>}
        {!wrong && (
          <div className="same">
            <Copy label="The same by curl" text={asCurl(location.origin, service, method, args, timeoutMs)} />
            <Copy label="The same by any Redis client" text={asRedisCli(location.origin, service, method, args)} />
          </div>
        )}
      </div>
    </div>
  );
}
