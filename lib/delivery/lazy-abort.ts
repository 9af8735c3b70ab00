/** An AbortController that is only made when somebody asks for its signal: most handlers never do. */
export class LazyAbort {
  private controller: AbortController | undefined;
  private listeners: ((reason: unknown) => void)[] | undefined;
  private reason: unknown;
  private isAborted = false;

  get aborted(): boolean {
    return this.isAborted;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isAborted) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  onAbort(listener: (reason: unknown) => void): void {
    if (this.isAborted) listener(this.reason);
    else (this.listeners ??= []).push(listener);
  }

  abort(reason: unknown): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.reason = reason;
    this.controller?.abort(reason);
    for (const listener of this.listeners ?? []) listener(reason);
  }
}
