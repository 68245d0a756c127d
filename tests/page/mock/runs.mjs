// Numbered events that are kept and replayed: runs and jobs alike.

export class Log {
  events = [];
  closed = false;
  #waiters = new Set();

  add(event) {
    if (this.closed) return;
    this.events.push({ n: this.events.length + 1, ...event });
    this.#wake();
  }

  close() {
    this.closed = true;
    this.#wake();
  }

  #wake() {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    waiters.forEach((wake) => wake());
  }

  /** Plays [pause, event] pairs; resolves when all are out or `stop` was called. */
  async play(pairs) {
    for (const [pause, event] of pairs) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.closed) return;
      this.add(event);
    }
    this.close();
  }

  /** Server-sent events from `after` on, to the end. */
  async stream(request, response, after, headers) {
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    let gone = false;
    request.on('close', () => (gone = true));
    for (let next = after; !gone; ) {
      let out = '';
      for (; next < this.events.length; ++next)
        out += `id: ${this.events[next].n}\ndata: ${JSON.stringify(this.events[next])}\n\n`;
      if (out) response.write(out);
      if (this.closed && next >= this.events.length) break;
      await new Promise((resolve) => {
        this.#waiters.add(resolve);
        setTimeout(resolve, 1000);
      });
    }
    response.end();
  }
}

/** What a conversation keeps of the events of a finished run. */
export function fold(events) {
  const answer = { refused: false, sentences: [], citations: [] };
  for (const event of events) {
    if (event.type === 'start') Object.assign(answer, { mode: event.mode, model: event.model, searched: event.searched });
    else if (event.type === 'sentence') answer.sentences.push({ text: event.text, citations: event.citations, flag: event.flag });
    else if (event.type === 'citation') answer.citations.push(event.citation);
    else if (event.type === 'delta') answer.text = (answer.text ?? '') + event.text;
    else if (event.type === 'table') answer.table = event.table;
    else if (event.type === 'chart') answer.chart = event.chart;
    else if (event.type === 'refusal') Object.assign(answer, { refused: true, reason: event.reason, nearest: event.nearest });
    else if (event.type === 'done')
      Object.assign(answer, { usage: event.usage, timings_ms: event.timings_ms, why: event.why, cost_usd: event.cost_usd, joules: event.joules });
    else if (event.type === 'error') answer.error = { code: event.code, message: event.message, remedy: event.remedy };
  }
  return answer;
}
