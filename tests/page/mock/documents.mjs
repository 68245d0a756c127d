// Documents of the mock: blocks and byte spans are made from parts, so they are right by construction.

const utf8 = (text) => Buffer.byteLength(text, 'utf8');

export function makeDocument(base, id, title, kind, parts, when = '2026-11-22T09:12:00Z') {
  let text = '';
  let bytes = 0;
  const blocks = [];
  const add = (piece) => {
    const start = bytes;
    text += piece;
    bytes += utf8(piece);
    return { start, end: bytes };
  };
  for (const part of parts) {
    if (text) add('\n\n');
    if (part.page) {
      blocks.push({ kind: 'page_break', start: bytes, end: bytes, page: part.page });
    } else if (part.rows) {
      const start = bytes;
      const line = (cells) => {
        const spans = cells.map((cell, i) => {
          if (i > 0) add(' | ');
          return { text: cell, ...add(cell) };
        });
        return spans;
      };
      const header = line(part.header);
      const rows = part.rows.map((cells) => {
        add('\n');
        return line(cells);
      });
      blocks.push({ kind: 'table', start, end: bytes, table: { header, rows } });
    } else {
      const [kindOfBlock, words, level] = part;
      blocks.push({ kind: kindOfBlock, ...(level && { level }), ...add(words) });
    }
  }
  const raw = Buffer.from(text, 'utf8');
  return {
    document: `${base}/${id}`, version: `${id.length}f3c9a1${utf8(text).toString(16)}`, current: true, title,
    uri: `data/${base}/${id}`, kind, ingested_at: when, text, blocks,
    cite(quote) {
      const at = raw.indexOf(Buffer.from(quote, 'utf8'));
      if (at < 0) throw new Error(`${id} does not say: ${quote}`);
      return { start: at, end: at + utf8(quote), quote };
    },
    cell(row, column) {
      const table = blocks.find((block) => block.kind === 'table').table;
      const { start, end, text: quote } = table.rows[row][column];
      return { start, end, quote };
    },
  };
}

const heading = (words, level = 2) => ['heading', words, level];
const p = (words) => ['paragraph', words];
const item = (words) => ['list_item', words, 1];

export const handbook = [
  makeDocument('handbook', 'hbm.md', 'High-bandwidth memory', 'markdown', [
    heading('High-bandwidth memory', 1),
    p('An accelerator is only as fast as the memory that feeds it. Stacks of DRAM dies stand beside the logic on a silicon interposer, thousands of wires wide; one stack of HBM3e moves about 1.2 TB/s, more than ten times what a DDR5 channel does (≈ 40–60 GB/s).'),
    heading('Who makes it'),
    p('Building such stacks takes thinning, through-silicon vias and bonding at high yield. High-bandwidth memory is made by three companies: SK hynix, Samsung and Micron. Their shares of the HBM4 that goes into one board are reported differently by different analysts; the table below keeps each report with its date.'),
    { header: ['Report', 'SK hynix', 'Samsung', 'Micron'], rows: [['A, early 2026', 'mid-50s %', 'mid-20s %', 'about 20 %'], ['B, 2026', '70 %', '30 %', '0 %']] },
    p('Both reports are kept, because neither names its sources – a share of “0 %” may mean a late qualification rather than no product.'),
    heading('What it costs'),
    p('A stack is several dies on a base die, joined by through-silicon vias. Prices are contract prices and rarely published.'),
    item('A 12-high stack of HBM4 has been reported at 540 to 560 US dollars.'),
    item('The base die of HBM4 moves to a logic process, which shifts part of the cost to the foundry.'),
    item('Yield falls with height: every die in a stack must be good.'),
    heading('Generations'),
    p('HBM3e runs at up to 9.6 Gb/s a pin over 1,024 pins. HBM4 doubles the interface to 2,048 bits.'),
  ]),
  makeDocument('handbook', 'nvidia-gpus.md', 'NVIDIA accelerators', 'markdown', [
    heading('NVIDIA accelerators', 1),
    heading('Hopper'),
    p('The H100 SXM brought 80 GB of HBM3 at 3.35 TB/s. An H200 SXM carries 141 GB of HBM3e at 4.8 TB/s. The logic is the same; inference of large models became faster all the same, since decoding is bound by memory.'),
    heading('Blackwell'),
    p('A B200 joins two reticle-sized dies by a 10 TB/s link. Its package holds 192 GB, of which 180 GB are usable on most boards.'),
  ]),
  makeDocument('handbook', 'boards.csv', 'Table of boards', 'csv', [
    {
      header: ['board', 'maker', 'hbm_gb', 'bandwidth_tb_s', 'tdp_w', 'kind_of_number', 'scale_up_domain', 'availability', 'source'],
      rows: [
        ['H100 SXM', 'NVIDIA', '80', '3.35', '700', 'datasheet', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
        ['H200', 'NVIDIA', '141', '4.8', '700', 'datasheet', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
        ['B200', 'NVIDIA', '180', '7.7', '1000', 'datasheet', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
        ['B200', 'NVIDIA', '192', '8.0', '1000', 'press', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
        ['MI355X', 'AMD', '288', '8.0', '1400', 'datasheet', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
        ['Gaudi 3', 'Intel', '128', '3.7', '900', 'datasheet', '8', 'measured in public benchmarks', 'data sheet of the maker; public benchmark results, round 5.1'],
      ],
    },
  ], '2026-11-21T17:40:00Z'),
  makeDocument('handbook', 'etched.md', 'Etched and the Sohu chip', 'markdown', [
    heading('Etched and the Sohu chip', 1),
    p('Etched designs Sohu, a chip that runs transformers and nothing else. The company has published throughput claims; independent measurements have not been published.'),
    heading('What is not known'),
    p('No audited figure for the power of a Sohu board has been found: vendor slides give a range without a method.'),
  ]),
  makeDocument('handbook', 'cooling/liquid.pdf', 'Liquid cooling for dense racks', 'pdf', [
    { page: 1 },
    heading('Liquid cooling for dense racks', 1),
    p('Above about 40 kW a rack, air stops being practical. Direct-to-chip loops carry 70 to 80 % of the heat away in liquid.'),
    { page: 2 },
    heading('Supply temperatures'),
    p('A facility loop at 40 °C allows dry coolers for most of the year in temperate climates, and saves the chillers’ power.'),
  ]),
  makeDocument('handbook', 'foundries.md', 'Foundries', 'markdown', [
    heading('Foundries', 1),
    p('Leading-edge logic comes from TSMC, Samsung and Intel. A processed 2 nm wafer has been reported at about 30,000 US dollars.'),
  ]),
];

/** A long document, to see that only the part about the span is drawn. */
export const filings = [
  makeDocument('our-filings', 'annual-report.html', 'Annual report 2025', 'html', [
    heading('Annual report 2025', 1),
    ...Array.from({ length: 900 }, (_, i) =>
      i % 12 === 0 ? heading(`Section ${i / 12 + 1}`) : p(`Paragraph ${i} of the report tells of ordinary business in the year 2025 and says it plainly.`),
    ),
  ]),
];
