import { Component, type ReactNode } from 'react';

/** A page that breaks says so, and leaves the header and the other pages alone. `page` names it: another page is a new try. */
export class Failure extends Component<{ page: string; children: ReactNode }, { failed: string | null; on: string }> {
  override state = { failed: null as string | null, on: this.props.page };

  static getDerivedStateFromError(error: unknown) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }

  static getDerivedStateFromProps(props: { page: string }, state: { on: string }) {
    return props.page === state.on ? null : { failed: null, on: props.page };
  }

  override render() {
    if (this.state.failed === null) {
      return this.props.children;
    }
    return (
      <div className="notice notice-bad" role="alert">
        <span>
          <strong>This page of the console broke.</strong> The platform is not touched by it: <code>./moa status</code>{' '}
          <span className="quiet">({this.state.failed})</span>
        </span>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    );
  }
}
