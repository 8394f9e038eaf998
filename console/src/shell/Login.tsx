import { type FormEvent, useState } from 'react';
import { send } from '../api/client';
import { Todo } from '../ui/parts';

/** Where a platform with tokens begins. The token goes to the gateway once and comes back as a cookie that no script can read. */
export function Login(props: { onDone: () => void }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const reply = await send('POST', '/console/login', JSON.stringify({ token: token.trim() }), {}, 5000);
    setBusy(false);
    if (reply.status >= 200 && reply.status < 300) {
      setToken('');
      props.onDone();
    } else if (reply.status === 401) {
      setProblem('This token is not one of the gateway’s. ./moa token prints the right one.');
    } else if (reply.status === 429) {
      setProblem('Too many tries. Wait a little, then try again.');
    } else {
      setProblem(reply.status === 0 ? 'The gateway does not answer. Is it running? ./moa status' : `The gateway answered ${reply.status}.`);
    }
  };

  return (
    <main className="login">
      <form onSubmit={submit} className="card login-card">
        <h1>moa</h1>
        <p className="quiet">
          This platform asks for a token. <Todo text="./moa token" /> prints one.
        </p>
        <label className="field">
          <span>Token</span>
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            autoFocus
            required
            value={token}
            aria-invalid={problem !== null}
            aria-describedby="login-problem"
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        <p id="login-problem" className="problem" role="alert">
          {problem && <Todo text={problem} />}
        </p>
        <button type="submit" className="primary" disabled={busy || token.trim() === ''}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
