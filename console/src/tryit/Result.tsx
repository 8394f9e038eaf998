import type { Reply } from '../api/client';
import { codeName } from '../api/codes';
import { millis } from '../ui/format';
import { Json } from '../ui/Json';
import { Badge, Todo } from '../ui/parts';
import { isCallResponse } from './logic';

/** One reply: status, code and how long it took, then all of it. */
export function Result(props: { reply: Reply }) {
  const { reply } = props;
  if (reply.status === 0) {
    return (
      <div className="notice notice-bad" role="alert">
        <span>
          <strong>The gateway does not answer.</strong> <Todo text="Is it running? ./moa status" />
        </span>
      </div>
    );
  }
  const good = reply.status >= 200 && reply.status < 300;
  return (
    <div className="result" role="status">
      <p className="result-head">
        <Badge health={good ? 'good' : 'bad'}>HTTP {reply.status}</Badge>
        {isCallResponse(reply.body) && (
          <Badge health={reply.body.code === 0 ? 'good' : 'bad'}>{codeName(reply.body.code)}</Badge>
        )}
        <span className="strong">{millis(reply.tookMs)}</span>
        <span className="quiet">{reply.raw.length.toLocaleString('en')} bytes</span>
      </p>
      <Json value={reply.body ?? '(no body)'} raw={reply.body === undefined || reply.body === reply.raw} />
    </div>
  );
}
