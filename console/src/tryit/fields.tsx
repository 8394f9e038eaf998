import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useState } from 'react';

/** A labelled input that says what is wrong with it once it was left or the form was sent. */
export function Field(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problem?: string | null;
  hint?: string;
  lines?: number;
  list?: readonly string[];
  type?: string;
  placeholder?: string;
  mono?: boolean;
  name?: string;
}) {
  const id = useId();
  const [left, setLeft] = useState(false);
  const shown = left ? (props.problem ?? null) : null;
  const common = {
    id,
    name: props.name,
    value: props.value,
    placeholder: props.placeholder,
    spellCheck: false,
    autoComplete: 'off',
    className: props.mono === false ? undefined : 'mono',
    'aria-invalid': shown !== null,
    'aria-describedby': `${id}-note`,
    onBlur: () => setLeft(true),
  };
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.lines ? (
        <textarea {...common} rows={props.lines} onChange={(event) => props.onChange(event.target.value)} />
      ) : (
        <input
          {...common}
          type={props.type ?? 'text'}
          list={props.list ? `${id}-list` : undefined}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
      {props.list && (
        <datalist id={`${id}-list`}>
          {props.list.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
      <p id={`${id}-note`} className={shown ? 'field-note problem' : 'field-note quiet'}>
        {shown ?? props.hint}
      </p>
    </div>
  );
}

/** A form that Ctrl+Enter sends from any field, and that cannot be sent while something in it is wrong. */
export function SendForm(props: {
  label: string;
  busy: boolean;
  wrong: boolean;
  onSend: () => void;
  children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.busy && !props.wrong) {
      props.onSend();
    }
  };
  const key = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      submit(event);
    }
  };
  return (
    <form onSubmit={submit} onKeyDown={key} className="form">
      {props.children}
      <div className="form-end">
        <button type="submit" className="primary" disabled={props.busy || props.wrong}>
          {props.busy ? 'Waiting…' : props.label}
        </button>
        <span className="quiet">
          <kbd>Ctrl</kbd> <kbd>Enter</kbd>
        </span>
      </div>
    </form>
  );
}

export function Copy(props: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(props.text).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    });
  };
  return (
    <div className="copy">
      <div className="copy-head">
        <span className="quiet">{props.label}</span>
        <button type="button" className="plain" onClick={copy} aria-live="polite">
          {done ? 'Copied' : 'Copy'}
        </button>
      </div>
      <pre tabIndex={0}>{props.text}</pre>
    </div>
  );
}
