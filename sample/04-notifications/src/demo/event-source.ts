/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  readonly id: string;
  readonly text: string;
}

/** What a browser's EventSource does: reads the events of an instance, and says which was the last one it has got. */
export class EventSource {
  readonly events: ServerSentEvent[] = [];
  private readonly ending = new AbortController();
  private waiting: (() => void)[] = [];
  private unread = '';

  private constructor() {}

  static async open(url: string, lastEventId?: string): Promise<EventSource> {
    const source = new EventSource();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await fetch(url, { headers, signal: source.ending.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    void source.read(response.body);
    return source;
  }

  /** Resolves when there are so many events. */
  async count(number: number): Promise<readonly ServerSentEvent[]> {
    while (this.events.length < number) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.events;
  }

  close(): void {
    this.ending.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const chunk of body) this.take(decoder.decode(chunk, { stream: true }));
    } catch {
      // Closed by us, or by an instance that goes away.
    }
  }

  private take(chunk: string): void {
    const blocks = (this.unread + chunk).split('\n\n');
    this.unread = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id] = /^id: ?(.*)$/m.exec(block) ?? [];
      const [, data] = /^data: ?(.*)$/m.exec(block) ?? [];
      if (id !== undefined && data !== undefined)
        this.events.push({ id, text: (JSON.parse(data) as { text: string }).text });
    }
    for (const wake of this.waiting.splice(0)) wake();
  }
}
