import { useState } from 'react';
import { type Reply, send } from '../api/client';
import { codeName } from '../api/codes';
import { millis } from '../ui/format';
import { Json } from '../ui/Json';
import { Badge } from '../ui/parts';
import { Field, SendForm } from './fields';
import { checkCalls, checkTimeout, isCallResponse, tally } from './logic';
import { Result } from './Result';

const EXAMPLE = `[
  {"service": "/service/helloworld", "method": "hello", "args": ["a"]},
  {"service": "/service/helloworld", "method": "hello", "args": ["b"]},
  {"service": "/service/nobody", "method": "home", "args": []}
]`;

export function BatchForm() {
  const [calls, setCalls] = useState(EXAMPLE);
  const [timeoutMs, setTimeoutMs] = useState('1000');
  const [sent, setSent] = useState<{ reply: Reply; calls: { service?: string; method?: string }[] } | null>(null);
  const [busy, setBusy] = useState(false);
  const problems = [checkCalls(calls), checkTimeout(timeoutMs)];

  const batch = async () => {
    setBusy(true);
    const parsed = JSON.parse(calls) as { service?: string; method?: string }[];
    const body = JSON.stringify({ timeoutMs: Number(timeoutMs), calls: parsed });
    const path = '/console/api/parallel-proxy/v1/batch';
    setSent({ reply: await send('POST', path, body, {}, Number(timeoutMs) + 5000), calls: parsed });
    setBusy(false);
  };

  const results = (sent?.reply.body as { results?: unknown[] } | undefined)?.results;
  return (
    <div className="try">
      <SendForm label="Send the batch" busy={busy} wrong={problems.some((p) => p !== null)} onSend={batch}>
        <Field label="Calls" name="calls" lines={10} value={calls} onChange={setCalls} problem={problems[0]} hint="A JSON array of requests; they run in parallel and come back in order" />
        <Field label="Timeout of the whole batch, ms" name="timeout" value={timeoutMs} onChange={setTimeoutMs} problem={problems[1]} />
      </SendForm>
      <div className="try-out">
        {!sent && <p className="quiet">The replies appear here, each marked.</p>}
        {sent && !Array.isArray(results) && <Result reply={sent.reply} />}
        {sent && Array.isArray(results) && (
          <div className="result" role="status">
            <p className="result-head">
              <Badge health="good">{tally(results).ok} answered</Badge>
              {tally(results).failed > 0 && <Badge health="bad">{tally(results).failed} failed</Badge>}
              <span className="strong">{millis(sent.reply.tookMs)}</span>
              <span className="quiet">for all of them</span>
            </p>
            <ol className="replies">
              {results.slice(0, 200).map((result, i) => (
                <li key={i}>
                  <p className="result-head">
                    <span className="quiet">{i + 1}</span>
                    <span className="mono">{sent.calls[i]?.service}/{sent.calls[i]?.method}</span>
                    {isCallResponse(result) && (
                      <Badge health={result.code === 0 ? 'good' : 'bad'}>{codeName(result.code)}</Badge>
                    )}
                  </p>
                  <Json value={isCallResponse(result) && result.code === 0 ? result.result : result} />
                </li>
              ))}
            </ol>
            {results.length > 200 && <p className="quiet">{results.length - 200} more are not shown.</p>}
          </div>
        )}
      </div>
    </div>
  );
}
