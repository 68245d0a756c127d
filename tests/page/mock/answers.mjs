// What the mock answers: the events of a run with the pause before each, in milliseconds.
import { readFileSync } from 'node:fs';
import { benchMarkdown, hostile, story } from './prose.mjs';

const kWhy = (documents) => ({
  route: ['retrieve (words, meaning)', 'evidence'],
  threshold: 0.42,
  coverage: 0.88,
  evidence: documents.slice(0, 3).map((found, i) => ({
    document: found.document, score: 0.91 - i * 0.2, lexical: 0.86 - i * 0.2, vector: 0.79 - i * 0.1,
    text: found.text.slice(0, 150),
  })),
});

const citationOf = (n, found, span) => ({
  n, document: found.document, version: found.version, title: found.title, uri: found.uri, ...span,
});

function start(mode, model, base, documents) {
  return [30, {
    type: 'start', mode, model, base,
    searched: { documents: documents.length === 6 ? 31 : documents.length, chunks: documents.length * 14, legs: ['lexical', 'vector'] },
  }];
}

function done(documents, total) {
  return [60, {
    type: 'done', usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0 },
    timings_ms: { retrieve: total * 0.4, answer: total * 0.6, total }, cost_usd: 0, joules: 0.4, why: kWhy(documents),
  }];
}

function extract(base, documents, picks, pace) {
  const events = [start('extract', 'evidence', base, documents)];
  picks.forEach(([found, span], i) => {
    events.push([pace, { type: 'citation', citation: citationOf(i + 1, found, span) }]);
    events.push([10, { type: 'sentence', text: span.quote, citations: [i + 1] }]);
  });
  return [...events, done(documents, 210)];
}

/** Drawn by src/charts from the rows below. */
const kChart = readFileSync(new URL('./chart.svg', import.meta.url), 'utf8');

function comparison(base, documents) {
  const boards = documents.find((found) => found.document.endsWith('boards.csv'));
  const cited = [[1, 0], [1, 2], [1, 3], [2, 2], [3, 2], [2, 3], [3, 3], [4, 2], [4, 3]].map(([row, column], i) =>
    citationOf(i + 1, boards, boards.cell(row, column)));
  const text = (words, ...citations) => ({ text: words, citations });
  const number = (words, alternatives, ...citations) => ({
    text: words, value: Number(words), ...(alternatives && { alternatives }), citations,
  });
  return [
    [30, { ...start('table', 'query', base, documents)[1], mode: 'table' }],
    ...cited.map((citation) => [2, { type: 'citation', citation }]),
    [40, { type: 'sentence', text: 'Of the three, the MI355X carries the most memory, 288 GB.', citations: [8] }],
    [40, {
      type: 'table', table: {
        title: '', source: 'handbook/boards.csv',
        columns: [{ name: 'Board', type: 'text' }, { name: 'HBM', unit: 'GB', type: 'number' }, { name: 'Bandwidth', unit: 'TB/s', type: 'number' }],
        rows: [
          [text('H200'), number('141', null, 2), number('4.8', null, 3)],
          [text('B200'), number('180', ['192'], 4, 5), number('7.7', ['8.0'], 6, 7)],
          [text('MI355X'), number('288', null, 8), number('8.0', null, 9)],
        ],
        query: "SELECT board, hbm_gb, bandwidth_tb_s\nFROM boards\nWHERE board IN ('H200', 'B200', 'MI355X')\nORDER BY board",
        contested: ['Sources disagree on the B200: 180 GB usable or 192 GB on the package. Both are shown.'],
      },
    }],
    [40, { type: 'chart', chart: { spec: { mark: 'bar' }, svg: kChart } }],
    done(documents, 92),
  ];
}

function refusal(base, documents) {
  const etched = documents.find((found) => found.document.endsWith('etched.md')) ?? documents[0];
  const spot = etched && (etched.document.endsWith('etched.md')
    ? etched.cite('No audited figure for the power of a Sohu board has been found: vendor slides give a range without a method.')
    : { start: 0, end: Math.min(60, Buffer.byteLength(etched.text)), quote: etched.text.slice(0, 60) });
  return [
    start('extract', 'evidence', base, documents),
    [120, {
      type: 'refusal',
      reason: 'The sources do not say. They hold passages about Sohu, but none gives an audited power figure.',
      searched: { documents: documents.length === 6 ? 31 : documents.length, chunks: 84 },
      nearest: spot ? [{ document: etched.document, title: etched.title, version: etched.version, start: spot.start, end: spot.end, text: spot.quote }] : [],
    }],
    done(documents, 140),
  ];
}

/** The passage that shares the most words with the question, if it shares enough. */
function nearest(question, documents) {
  const words = new Set(question.toLowerCase().match(/[\p{L}\d-]{4,}/gu) ?? []);
  let best = { score: 0 };
  for (const found of documents)
    for (const block of found.blocks.filter(({ kind }) => kind === 'paragraph' || kind === 'list_item')) {
      const text = Buffer.from(found.text).subarray(block.start, block.end).toString();
      const score = [...words].filter((word) => text.toLowerCase().includes(word)).length / Math.max(1, words.size);
      if (score > best.score) best = { score, found, span: { start: block.start, end: block.end, quote: text } };
    }
  return best.score >= 0.5 ? [[best.found, best.span]] : null;
}

function generated(base, documents, model) {
  const [hbm, gpus] = documents;
  return [
    start('generate', model, base, documents),
    [200, { type: 'citation', citation: citationOf(1, hbm, hbm.cite('High-bandwidth memory is made by three companies: SK hynix, Samsung and Micron.')) }],
    [10, { type: 'sentence', text: 'Three companies make HBM: SK hynix, Samsung and Micron.', citations: [1] }],
    [200, { type: 'sentence', text: 'Demand is expected to outgrow supply.', citations: [], flag: 'unsupported' }],
    [200, { type: 'citation', citation: citationOf(2, gpus, gpus.cite('An H200 SXM carries 141 GB of HBM3e at 4.8 TB/s.')) }],
    [10, { type: 'sentence', text: 'One H200 carries 141 GB of it.', citations: [2] }],
    done(documents, 900),
  ];
}

function chat(model, question) {
  const bench = question.includes('[bench]');
  const text = bench ? benchMarkdown() : question.includes('[hostile]') ? hostile : story();
  const tokens = text.match(/\s*\S{1,6}|\s+$/g);
  // A timer's step: 3,000 tokens/s for the bench, else about 60.
  const step = bench ? 5 : question.includes('[hostile]') ? 1 : 50;
  const atOnce = bench ? 15 : 3;
  const events = [[20, { type: 'start', mode: 'chat', model }]];
  tokens.forEach((token, i) => events.push([i % atOnce === 0 ? step : 0, { type: 'delta', text: token }]));
  return [...events, [5, {
    type: 'done', usage: { input_tokens: 41, output_tokens: tokens.length, cached_tokens: 0 },
    timings_ms: { answer: tokens.length * 16, total: tokens.length * 16 }, cost_usd: 0, joules: null,
    why: { route: [model] },
  }]];
}

/** [pause, event] pairs for a turn's request. */
export function answerEvents({ question, target, mode, answer_with: writer }, basesDocuments) {
  if (!target.startsWith('assistant/')) return chat(target, question);
  const base = target.slice('assistant/'.length);
  const documents = basesDocuments.get(base) ?? [];
  if (/fail please/i.test(question))
    return [[50, { type: 'error', code: 'provider_down', message: 'The model at lab stopped answering.', remedy: 'Look whether it runs, or choose Evidence.' }]];
  if (base === 'handbook' && mode === 'generate') return generated(base, documents, writer);
  if (base === 'handbook' && /compare/i.test(question)) return comparison(base, documents);
  if (/sohu/i.test(question)) return refusal(base, documents);
  if (base === 'handbook' && /HBM/.test(question)) {
    const [hbm, gpus] = documents;
    return extract(base, documents, [
      [hbm, hbm.cite('High-bandwidth memory is made by three companies: SK hynix, Samsung and Micron.')],
      [gpus, gpus.cite('An H200 SXM carries 141 GB of HBM3e at 4.8 TB/s.')],
    ], 120);
  }
  const picks = nearest(question, documents);
  return picks ? extract(base, documents, picks, 60) : refusal(base, documents);
}
