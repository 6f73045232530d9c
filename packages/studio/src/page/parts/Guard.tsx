import { Component, type ReactNode } from "react";

interface GuardProps {
  readonly children: ReactNode;
}

/** Keeps an error to the part of the page where it happened: its place says what it was, and the rest goes on. */
export class Guard extends Component<GuardProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError = (error: unknown) => ({ error });

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div role="alert">
        <p>This can't be shown: {error instanceof Error ? error.message : String(error)}</p>
        <button type="button" className="button" onClick={() => this.setState({ error: undefined })}>
          Try again
        </button>
      </div>
    );
  }
}
