#!/usr/bin/env node
// A stand-in for `interposer serve` that speaks /api/v1 over canned data, for work on the page
// without the server. It serves the built page with the policy that src/web/assets.h states.
//
//   node mock_server.mjs [PORT]        (0, the default, takes a free one; MOCK_KEY=... asks for a key)
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { answerEvents } from './mock/answers.mjs';
import { filings, handbook, makeDocument } from './mock/documents.mjs';
import { fold, Log } from './mock/runs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'src/web/ui/dist');
const kTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

function policy() {
  const header = readFileSync(join(root, 'src/web/assets.h'), 'utf8');
  const value = /kContentSecurityPolicy =((?:\s*"[^"]*")+);/.exec(header)[1];
  return [...value.matchAll(/"([^"]*)"/g)].map(([, piece]) => piece).join('');
}

const kAbout = {
  handbook: 'The landscape from fab to inference board: materials, foundries, memory, boards, networks, power and cooling, written in our own words from public sources that each document lists. Where sources disagree, both values stand side by side. To ask about your own documents, drop them onto this page or run `interposer ingest PATH --base NAME`.',
};
const kSamples = {
  handbook: [
    'Which suppliers make HBM, and how much of it does an H200 carry?',
    'Compare the HBM capacity and bandwidth of H200, B200 and MI355X',
    'How much of the heat does direct-to-chip liquid cooling carry away?',
    'What has a 12-high stack of HBM4 been reported to cost?',
    "What power draw did an auditor measure for Etched's Sohu?",
  ],
};

class Mock {
  documents = new Map([['handbook', [...handbook]], ['our-filings', [...filings]]]);
  conversations = new Map();
  runs = new Map();
  jobs = new Map();

  base(name) {
    const documents = this.documents.get(name);
    return {
      name, documents: name === 'handbook' ? documents.length + 25 : documents.length,
      chunks: documents.length * 14, vectors: documents.length * 14, state: 'ready', mode: 'auto',
      about: kAbout[name], samples: kSamples[name] ?? [], sources: [`data/${name}`],
    };
  }

  status() {
    return {
      version: '0.1.0', ready: true, default_chat: 'smollm2-135m-instruct', page_needs_key: Boolean(process.env.MOCK_KEY),
      models: [
        { name: 'smollm2-135m-instruct', kind: 'chat', parameters: 134515008, self_test: true, capable: false },
        { name: 'all-minilm-l6-v2', kind: 'embed', parameters: 22713216, capable: false },
        { name: 'assistant/handbook', kind: 'assistant', capable: true },
      ],
      found: [{ kind: 'server', name: 'Ollama', base_url: 'http://127.0.0.1:11434/v1', models: ['qwen3:8b'], provider: 'ollama' }],
    };
  }

  ask(conversation, request) {
    const run = randomUUID().slice(0, 8);
    const log = new Log();
    this.runs.set(run, log);
    conversation.turns.push({ run, question: request.question, target: request.target });
    conversation.title ||= request.question.slice(0, 60);
    conversation.updated_at = new Date().toISOString();
    void log.play(answerEvents(request, this.documents));
    return run;
  }

  turn({ run, question, target }) {
    const log = this.runs.get(run);
    const answer = fold(log.events);
    const last = log.events.at(-1)?.type;
    const state = !log.closed ? 'running' : last === 'stopped' ? 'stopped' : last === 'error' ? 'failed' : answer.refused ? 'refused' : 'done';
    return { run, question, target, state, answer: log.closed ? answer : null };
  }

  upload(base, name, body) {
    const job = randomUUID().slice(0, 8);
    const log = new Log();
    this.jobs.set(job, log);
    const text = body.toString('utf8');
    const broken = name.endsWith('.pdf') && !text.includes('%%EOF');
    const binary = !name.endsWith('.pdf') && text.includes('\0');
    const summary = { added: 1, changed: 0, unchanged: 0, deleted: 0, failed: 0, chunks: 1, vectors: 1 };
    const events = [[60, { type: 'file', file: name, state: 'reading' }], [120, { type: 'file', file: name, state: 'parsing' }]];
    if (broken || binary) {
      events.push([120, {
        type: 'file', file: name, state: 'failed',
        reason: broken ? 'The PDF is cut off: it has no end marker.' : 'This is not text: byte 0 stands in it.',
        remedy: broken ? 'Save or download it again.' : 'Export it as text, Markdown, HTML or PDF.',
      }], [10, { type: 'done', summary: { ...summary, added: 0, failed: 1 } }]);
    } else {
      const parts = text.split(/\n\s*\n/).map((piece) => piece.trim()).filter(Boolean)
        .map((piece) => (piece.startsWith('#') ? ['heading', piece.replace(/^#+\s*/, ''), 1] : ['paragraph', piece]));
      const title = parts.find(([kind]) => kind === 'heading')?.[1] ?? name;
      this.documents.get(base).push(makeDocument(base, name, title, 'markdown', parts, new Date().toISOString()));
      events.push([150, { type: 'file', file: name, state: 'searchable' }], [300, { type: 'file', file: name, state: 'embedded' }], [10, { type: 'done', summary }]);
    }
    void log.play(events);
    return job;
  }
}

class Refusal extends Error {
  constructor(status, code, message, remedy) {
    super(message);
    Object.assign(this, { status, body: { error: { code, message, remedy } } });
  }
}

function known(map, key, code) {
  if (!map.has(key)) throw new Refusal(404, code, `There is no "${key}".`, 'Look at what there is.');
  return map.get(key);
}

/** [method, pattern, handler(mock, groups, body, query)]; a handler gives [status, body] or a Log. */
const kRoutes = [
  ['GET', /^\/status$/, (mock) => [200, mock.status()]],
  ['POST', /^\/found\/([^/]+)\/use$/, (_, [provider], body) => [200, { model: `${provider}/${body.model ?? 'qwen3:8b'}` }]],
  ['GET', /^\/bases$/, (mock) => [200, { bases: [...mock.documents.keys()].map((name) => mock.base(name)) }]],
  ['POST', /^\/bases$/, (mock, _, body) => {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(body.name)) throw new Refusal(400, 'bad_name', 'A base is named in small letters, digits and hyphens.', 'Try "papers".');
    if (!mock.documents.has(body.name)) mock.documents.set(body.name, []);
    return [201, mock.base(body.name)];
  }],
  ['GET', /^\/bases\/([^/]+)\/documents$/, (mock, [base], _, query) => {
    const all = known(mock.documents, base, 'unknown_base');
    const offset = Number(query.get('offset') ?? 0);
    const rows = all.slice(offset, offset + Number(query.get('limit') ?? 200));
    return [200, { total: all.length, documents: rows.map(({ document, version, title, uri, text, ingested_at, kind }) => ({ document, version, title, uri, bytes: Buffer.byteLength(text), ingested_at, kind })) }];
  }],
  ['PUT', /^\/bases\/([^/]+)\/uploads\/([^/]+)$/, (mock, [base, name], body) => {
    known(mock.documents, base, 'unknown_base');
    return [202, { job: mock.upload(base, name, body) }];
  }],
  ['GET', /^\/jobs\/([^/]+)\/events$/, (mock, [id]) => known(mock.jobs, id, 'unknown_job')],
  ['GET', /^\/documents\/([^/]+)\/([^/]+)$/, (mock, [base, id], _, query) => {
    const found = known(mock.documents, base, 'unknown_base').find(({ document }) => document === `${base}/${id}`);
    if (!found) throw new Refusal(404, 'unknown_document', `The base holds no document "${id}".`, 'It may have been deleted.');
    const version = query.get('version');
    return [200, { ...found, current: !version || version === found.version }];
  }],
  ['DELETE', /^\/documents\/([^/]+)\/([^/]+)$/, (mock, [base, id]) => {
    mock.documents.set(base, known(mock.documents, base, 'unknown_base').filter(({ document }) => document !== `${base}/${id}`));
    return [204];
  }],
  ['GET', /^\/conversations$/, (mock) => [200, {
    conversations: [...mock.conversations.values()].sort((a, b) => b.updated_at.localeCompare(a.updated_at)).map(({ id, title, base, updated_at }) => ({ id, title, base, updated_at })),
  }]],
  ['POST', /^\/conversations$/, (mock, _, body) => {
    const made = { id: randomUUID().slice(0, 8), title: '', turns: [], updated_at: new Date().toISOString(), ...body };
    mock.conversations.set(made.id, made);
    return [201, made];
  }],
  ['GET', /^\/conversations\/([^/]+)$/, (mock, [id]) => {
    const found = known(mock.conversations, id, 'unknown_conversation');
    return [200, { id, title: found.title, turns: found.turns.map((turn) => mock.turn(turn)) }];
  }],
  ['PATCH', /^\/conversations\/([^/]+)$/, (mock, [id], body) => {
    Object.assign(known(mock.conversations, id, 'unknown_conversation'), body);
    return [200, {}];
  }],
  ['DELETE', /^\/conversations\/([^/]+)$/, (mock, [id]) => {
    mock.conversations.delete(id);
    return [204];
  }],
  ['POST', /^\/conversations\/([^/]+)\/turns$/, (mock, [id], body) => [202, { run: mock.ask(known(mock.conversations, id, 'unknown_conversation'), body) }]],
  ['GET', /^\/runs\/([^/]+)\/events$/, (mock, [id]) => known(mock.runs, id, 'unknown_run')],
  ['POST', /^\/runs\/([^/]+)\/stop$/, (mock, [id]) => {
    const log = known(mock.runs, id, 'unknown_run');
    log.add({ type: 'stopped' });
    log.close();
    return [202, {}];
  }],
  ['GET', /^\/usage$/, () => [200, { totals: [] }]],
];

async function readBody(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function api(mock, request, response, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const key = process.env.MOCK_KEY;
  if (key && request.headers.authorization !== `Bearer ${key}`)
    throw new Refusal(401, 'key_needed', 'This server asks for a key.', 'Send it as a Bearer token.');
  for (const [method, pattern, handler] of kRoutes) {
    const match = request.method === method && pattern.exec(path);
    if (!match) continue;
    const raw = await readBody(request);
    const body = method === 'PUT' ? raw : raw.length > 0 ? JSON.parse(raw) : {};
    const answer = handler(mock, match.slice(1).map(decodeURIComponent), body, url.searchParams);
    if (answer instanceof Log) return answer.stream(request, response, Number(url.searchParams.get('after') ?? 0), {});
    response.writeHead(answer[0], { 'Content-Type': 'application/json' });
    return response.end(answer[0] === 204 ? undefined : JSON.stringify(answer[1]));
  }
  throw new Refusal(404, 'unknown_path', `There is no ${request.method} ${path}.`, 'See /api/openapi.json.');
}

function page(response, path, csp) {
  const file = join(dist, normalize(path === '/' ? '/index.html' : path));
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end('not found');
    return;
  }
  response.writeHead(200, { 'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff' });
  createReadStream(file).pipe(response);
}

export function startMock(port = 0) {
  const mock = new Mock();
  const csp = policy();
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (!url.pathname.startsWith('/api/v1/')) return page(response, url.pathname, csp);
    api(mock, request, response, url).catch((error) => {
      if (response.headersSent) return response.end();
      response.writeHead(error.status ?? 500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(error.body ?? { error: { code: 'mock', message: String(error) } }));
    });
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}`;
      resolve({ url, mock, close: () => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }) });
    });
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  startMock(Number(process.argv[2] ?? 0)).then(({ url }) => console.log(`mock at ${url}`));
