import { useEffect, useState } from 'react';
import { ApiError, type Reply, getJson, send } from '../api/client';
import type { TaskAnswer, TaskState } from '../api/types';
import type { Health } from '../services/logic';
import { millis } from '../ui/format';
import { Json } from '../ui/Json';
import { Badge, Todo } from '../ui/parts';
import { Field, SendForm } from './fields';
import { checkArgs, checkMethod, checkService, checkUrl, followDelayMs, isTerminal, type TaskFields, taskBody } from './logic';
import { Result } from './Result';
import type { Known } from './TryPage';

const START: TaskFields = {
  target: 'service',
  service: '/service/helloworld',
  method: 'hello',
  args: '["later"]',
  url: 'http://127.0.0.1:6390/service/helloworld/hello',
  httpMethod: 'POST',
  body: '["later"]',
  key: '',
  delayMs: '',
  dedupeKey: '',
};

const HEALTH: Record<TaskState, Health> = {
  QUEUED: 'idle',
  DELAYED: 'idle',
  RUNNING: 'warn',
  RETRYING: 'warn',
  SUCCEEDED: 'good',
  DEAD: 'bad',
  CANCELLED: 'bad',
};

export function TaskForm(props: { known: Known }) {
  const [fields, setFields] = useState(START);
  const [reply, setReply] = useState<Reply | null>(null);
  const [sentAtMs, setSentAtMs] = useState(0);
  const [busy, setBusy] = useState(false);
  const set = (name: keyof TaskFields) => (value: string) => setFields((before) => ({ ...before, [name]: value }));
  const toService = fields.target === 'service';
  const problems = {
    service: toService ? checkService(fields.service) : null,
    method: toService ? checkMethod(fields.method) : null,
    args: toService ? checkArgs(fields.args) : null,
    url: toService ? null : checkUrl(fields.url),
    delayMs: /^\d{0,10}$/.test(fields.delayMs) ? null : 'Milliseconds, or nothing',
  };

  const submit = async () => {
    setBusy(true);
    const started = performance.now();
    setReply(await send('POST', '/console/api/async-broker/v1/tasks', taskBody(fields), {}, 10_000));
    setSentAtMs(started);
    setBusy(false);
  };

  const taskId = reply && reply.status < 300 ? (reply.body as { taskId?: string } | undefined)?.taskId : undefined;
  return (
    <div className="try">
      <SendForm label="Send the task" busy={busy} wrong={Object.values(problems).some((p) => p !== null)} onSend={submit}>
        <div className="segments" role="group" aria-label="Deliver to">
          <button type="button" aria-pressed={toService} onClick={() => set('target')('service')}>A service</button>
          <button type="button" aria-pressed={!toService} onClick={() => set('target')('http')}>An HTTP endpoint</button>
        </div>
        {toService ? (
          <>
            <Field label="Service" name="service" value={fields.service} onChange={set('service')} problem={problems.service} list={props.known.services} />
            <Field label="Method" name="method" value={fields.method} onChange={set('method')} problem={problems.method} list={props.known.methodsOf(fields.service)} />
            <Field label="Arguments" name="args" lines={3} value={fields.args} onChange={set('args')} problem={problems.args} hint="JSON: an array by position, or an object by name" />
          </>
        ) : (
          <>
            <div className="field-row">
              <Field label="Address" name="url" value={fields.url} onChange={set('url')} problem={problems.url} />
              <Field label="Method" name="http-method" value={fields.httpMethod} onChange={set('httpMethod')} list={['GET', 'POST', 'PUT', 'PATCH', 'DELETE']} />
            </div>
            <Field label="Body" name="body" lines={3} value={fields.body} onChange={set('body')} hint="Sent as it stands, as application/json" />
          </>
        )}
        <div className="field-row">
          <Field label="Key" name="key" value={fields.key} onChange={set('key')} hint="Tasks of one key keep their order" />
          <Field label="Delay, ms" name="delay" value={fields.delayMs} onChange={set('delayMs')} problem={problems.delayMs} hint="Nothing: at once" />
          <Field label="Dedupe key" name="dedupe" value={fields.dedupeKey} onChange={set('dedupeKey')} hint="Sent twice, done once" />
        </div>
      </SendForm>
      <div className="try-out">
        {!reply && <p className="quiet">The promise appears here, then the task’s way to its end.</p>}
        {taskId && <Follow key={taskId} taskId={taskId} sinceMs={sentAtMs} />}
        {reply && <Result reply={reply} />}
      </div>
    </div>
  );
}

interface Seen {
  state: TaskState;
  afterMs: number;
  attempts: number;
}

/** Looks at a task until it has come to its end: often at first, then every 2 s. */
function Follow(props: { taskId: string; sinceMs: number }) {
  const [seen, setSeen] = useState<Seen[]>([]);
  const [task, setTask] = useState<TaskAnswer | null>(null);
  const [error, setError] = useState<ApiError | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let looks = 0;
    const look = async () => {
      let done = false;
      try {
        const path = `/console/api/async-broker/v1/tasks/${encodeURIComponent(props.taskId)}`;
        const answer = await getJson<TaskAnswer>(path, controller.signal);
        const step = { state: answer.state, afterMs: performance.now() - props.sinceMs, attempts: answer.attempts ?? 0 };
        setTask(answer);
        setError(null);
        setSeen((before) => {
          const last = before.at(-1);
          return last?.state === step.state && last.attempts === step.attempts ? before : [...before, step].slice(-50);
        });
        done = isTerminal(answer.state);
      } catch (failure) {
        if (controller.signal.aborted) {
          return;
        }
        setError(failure instanceof ApiError ? failure : new ApiError(-1, String(failure), ''));
      }
      if (!done && !controller.signal.aborted) {
        timer = setTimeout(look, followDelayMs(looks++));
      }
    };
    void look();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [props.taskId, props.sinceMs]);

  return (
    <div className="result" role="status">
      <p className="result-head">
        <span className="quiet">Task</span> <span className="mono">{props.taskId}</span>
        {task && <Badge health={HEALTH[task.state] ?? 'idle'}>{task.state}</Badge>}
        {task && !isTerminal(task.state) && <span className="quiet">following…</span>}
      </p>
      {error && (
        <p className="problem">
          {error.message} <Todo text={error.todo} />
        </p>
      )}
      <ol className="steps">
        {seen.map((step, i) => (
          <li key={i} className={`step step-${HEALTH[step.state] ?? 'idle'}`}>
            <strong>{step.state.toLowerCase()}</strong>
            <span className="quiet">
              after {millis(step.afterMs)}
              {step.attempts > 0 && `, attempt ${step.attempts}`}
            </span>
          </li>
        ))}
      </ol>
      {task && (task.result !== undefined && task.result !== null) && <Json value={task.result} />}
      {task && (task.lastError !== undefined && task.lastError !== null) && <Json value={task.lastError} />}
    </div>
  );
}
