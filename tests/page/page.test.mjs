#!/usr/bin/env node
// The page in a real browser: against the mock, or against the server at INTERPOSER_URL.
//
//   node page.test.mjs [PART-OF-A-NAME]     SCREENSHOT_DIR=DIR also takes the pictures of the docs
import { join } from 'node:path';
import { ask, axe, bare, expect, launch, open, settled, Suite, target } from './harness.mjs';

const kSuppliers = 'Which suppliers make HBM, and how much of it does an H200 carry?';
const kCompare = 'Compare the HBM capacity and bandwidth of H200, B200 and MI355X';
const kUnknown = "What power draw did an auditor measure for Etched's Sohu?";
const kStory = 'Write a long story about a lighthouse keeper, with many nights in it.';

const server = await target();
const browser = await launch();
const suite = new Suite();

/** Each test has a page of its own, and fails also by what went wrong in the page unseen. */
function test(name, body, options) {
  suite.test(name, async () => {
    const page = await open(browser, server.url, options);
    try {
      await body(page);
      expect(page.faults.length === 0, `in the page: ${page.faults.join('; ')}`);
    } finally {
      await page.context().close();
    }
  });
}

const marked = (page) => page.locator('aside mark').allTextContents().then((texts) => texts.join(''));

async function choosePlainModel(page) {
  const values = await page.locator('[data-testid=pick-base] option').evaluateAll((all) => all.map((one) => one.value));
  await page.selectOption('[data-testid=pick-base]', values.at(-1));
}

// First, while the list of conversations is short.
if (process.env.SCREENSHOT_DIR)
  for (const colorScheme of ['light', 'dark'])
    test(`picture, ${colorScheme}`, async (page) => {
      await settled(await ask(page, kSuppliers), 'done');
      await settled(await ask(page, kCompare), 'done');
      await page.locator('.turn .c').first().click();
      await page.waitForSelector('aside mark');
      await page.evaluate(() => document.querySelector('.thread').scrollTo(0, 0));
      await page.mouse.move(2, 2);
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(process.env.SCREENSHOT_DIR, `page-${colorScheme}.png`) });
    }, { colorScheme, deviceScaleFactor: 1.5 });

test('the first page offers five questions, says where the base comes from and how to bring one', async (page) => {
  expect((await page.locator('.samples button').count()) === 5, 'five samples');
  expect((await page.locator('.about').innerText()).length > 20, 'about the base');
  expect((await page.locator('.own').innerText()).includes('interposer ingest'), 'how to bring one');
});

test('a question gives cited sentences; hover shows the quote, a click opens its span word for word', async (page) => {
  const turn = await settled(await ask(page, kSuppliers), 'done');
  expect((await turn.locator('.kind').innerText()).startsWith('Evidence'), 'the kind of answer comes first');
  const chips = turn.locator('.a .c');
  expect((await chips.count()) >= 1, 'a citation');
  await page.waitForSelector('aside mark');
  for (let i = 0; i < Math.min(3, await chips.count()); ++i) {
    await chips.nth(i).hover();
    const quote = await page.locator('#tip q').innerText();
    expect(quote.length > 2, 'a quote');
    await chips.nth(i).click();
    await page.waitForFunction(
      (n) => document.querySelector('aside .steps')?.textContent.includes(`citation ${n} of`),
      Number(await chips.nth(i).getAttribute('data-n')),
    ).catch(() => undefined);
    await page.waitForTimeout(150);
    expect(bare(await marked(page)) === bare(quote), `marked "${await marked(page)}", quoted "${quote}"`);
    expect((await chips.nth(i).getAttribute('aria-current')) === 'true', 'the chip is filled');
    expect(await page.locator('aside mark').first().isVisible(), 'the mark is in sight');
    await page.mouse.move(2, 2);
  }
  expect((await turn.locator('.meta').innerText()).match(/\d (m?s)/), 'what it cost stands below');
});

test('a comparison gives a table with cited numbers, a chart, the query and a CSV', async (page) => {
  const turn = await settled(await ask(page, kCompare), 'done');
  expect((await turn.locator('.kind').innerText()).startsWith('From a table'), 'the kind of answer');
  expect((await turn.locator('.answer-table tbody tr').count()) >= 3, 'three rows');
  expect((await turn.locator('.answer-table .c').count()) >= 6, 'numbers are cited');
  expect((await turn.locator('.chart-box svg').count()) === 1, 'a chart');
  expect((await turn.locator('.chart-box svg :is(rect, path, circle)').count()) >= 3, 'with marks');
  expect((await turn.locator('.contested').count()) >= 1, 'contested values side by side');
  await turn.locator('.answer-table td .c').first().click();
  await page.waitForSelector('aside table mark');
  await turn.getByRole('button', { name: 'Show the query' }).click();
  expect(/select/i.test(await turn.locator('.query').innerText()), 'the query');
  const [file] = await Promise.all([page.waitForEvent('download'), turn.getByRole('button', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename().endsWith('.csv'), 'a CSV file');
  const first = await turn.locator('.answer-table tbody tr').first().innerText();
  const header = turn.locator('.answer-table thead button').nth(1);
  await header.click();
  await header.click();
  expect((await turn.locator('.answer-table tbody tr').first().innerText()) !== first, 'sorted the other way');
});

test('a question the base cannot answer is refused, with what was searched', async (page) => {
  const turn = await settled(await ask(page, kUnknown), 'refused');
  const text = await turn.locator('.refuse').innerText();
  expect(text.length > 20 && /\d+ document/.test(text), `what was searched: ${text}`);
  const nearest = turn.locator('.nearest a').first();
  if (await nearest.count()) {
    await nearest.click();
    await page.waitForSelector('aside mark');
  }
});

test('why this answer, and copy with sources', async (page) => {
  const turn = await settled(await ask(page, kSuppliers), 'done');
  await turn.getByRole('button', { name: 'Why this answer' }).click();
  expect((await turn.locator('.why').innerText()).length > 20, 'reasons');
  await turn.getByRole('button', { name: 'Copy with sources' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.includes(kSuppliers) && copied.includes('[1]') && copied.includes('#/source/'), copied);
});

test('an answer survives a reload in its middle', async (page) => {
  await choosePlainModel(page);
  const turn = await ask(page, kStory);
  await page.waitForFunction(() => document.querySelector('.prose')?.textContent.length > 60);
  await page.reload();
  const again = page.locator('.turn').first();
  await again.waitFor();
  expect((await again.locator('.q').innerText()) === kStory, 'the question is there');
  await page.waitForFunction(() => document.querySelector('.prose')?.textContent.length > 120);
  await settled(again, 'done');
  const text = await again.locator('.prose').innerText();
  await page.reload();
  await page.waitForSelector('.prose');
  expect((await page.locator('.prose').innerText()) === text, 'stored as it was streamed');
  void turn;
});

test('a broken connection is taken up again', async (page) => {
  await page.addInitScript(() => {
    const real = window.fetch;
    window.streams = [];
    window.fetch = (url, options = {}) => {
      if (!String(url).includes('/events')) return real(url, options);
      const cut = new AbortController();
      window.streams.push(cut);
      return real(url, { ...options, signal: AbortSignal.any([options.signal, cut.signal]) });
    };
  });
  await page.reload();
  await page.waitForSelector('#question');
  await choosePlainModel(page);
  const turn = await ask(page, kStory);
  for (const length of [60, 200]) {
    await page.waitForFunction((least) => document.querySelector('.prose')?.textContent.length > least, length);
    await page.evaluate(() => window.streams.at(-1).abort());
  }
  await settled(turn, 'done');
  expect((await page.evaluate(() => window.streams.length)) >= 2, 'it connected again');
  const live = await turn.locator('.prose').innerText();
  await page.reload();
  await page.waitForSelector('.turn[data-state=done] .prose');
  expect((await page.locator('.prose').innerText()) === live, 'nothing was lost or doubled');
});

test('stop stops', async (page) => {
  await choosePlainModel(page);
  const turn = await ask(page, kStory);
  await page.waitForFunction(() => document.querySelector('.prose')?.textContent.length > 40);
  await page.getByRole('button', { name: 'Stop' }).click();
  await settled(turn, 'stopped');
  const length = (await turn.locator('.prose').innerText()).length;
  await page.waitForTimeout(500);
  expect((await turn.locator('.prose').innerText()).length === length, 'it grew after the stop');
  await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
});

test('dropped files are read, can be asked about, and say why they failed; documents can be deleted', async (page) => {
  const name = `page-test-${Date.now().toString(36)}`;
  await page.getByRole('button', { name: 'Add a folder or files' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForSelector(`[data-testid=pick-base] option[value="${name}"]`, { state: 'attached' });
  await page.waitForFunction((base) => document.querySelector('[data-testid=pick-base]').value === base, name);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['# Ferries of Örebro\n\nThe ferry Gustava crosses lake Hjälmaren in 47 minutes.\n'], 'ferries.md', { type: 'text/markdown' }));
    data.items.add(new File(['%PDF-1.4\nthis is where it ends'], 'broken.pdf', { type: 'application/pdf' }));
    const fire = (type) => document.querySelector('.thread').dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }));
    fire('dragover');
    fire('drop');
  });
  await page.waitForSelector('.tray li[data-name="ferries.md"]:is([data-state=searchable], [data-state=embedded])');
  await page.waitForSelector('.tray li[data-name="broken.pdf"][data-state=failed]');
  expect((await page.locator('.tray li[data-name="broken.pdf"] .bad').innerText()).length > 10, 'a reason');
  const turn = await settled(await ask(page, 'In how many minutes does the ferry Gustava cross lake Hjälmaren?'), 'done');
  expect((await turn.locator('.a').innerText()).includes('47 minutes'), 'the answer from the file');
  await page.waitForSelector('aside mark');
  expect((await marked(page)).includes('47 minutes'), 'marked across non-ASCII text');
  await page.locator('.row-item[data-current] a').first().click();
  await page.getByRole('button', { name: /^Delete Ferries/ }).click();
  await page.locator('td .bad', { hasText: 'Delete' }).click();
  await page.waitForFunction(() => !document.querySelector('.documents tbody tr'));
});

test('a link opens a source at its span', async (page) => {
  const turn = await settled(await ask(page, kSuppliers), 'done');
  const href = await turn.locator('.c').first().getAttribute('href');
  await page.waitForSelector('aside mark');
  const before = await marked(page);
  const other = await open(browser, server.url, { path: `/${href}` });
  await other.waitForSelector('aside mark');
  expect((await marked(other)) === before, 'the same words');
  await other.context().close();
});

test('everything by keyboard alone', async (page) => {
  await page.locator('body').press('/');
  expect(await page.evaluate(() => document.activeElement.id === 'question'), '/ goes to the question');
  await page.keyboard.type('line one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('line two');
  expect((await page.inputValue('#question')) === 'line one\nline two', 'Shift+Enter makes a line');
  await page.fill('#question', kSuppliers);
  await page.keyboard.press('Enter');
  await settled(page.locator('.turn').first(), 'done');
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement.id !== 'question'), 'Esc leaves the question');
  await page.keyboard.press('j');
  await page.waitForSelector('aside mark');
  const focusChip = async () => {
    await page.locator('.q').first().click();
    for (let i = 0; i < 6; ++i) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.matches('.c'))) return;
    }
    throw new Error('Tab does not reach a citation');
  };
  await focusChip();
  await page.waitForSelector('#tip q');
  const quote = await page.locator('#tip q').innerText();
  await page.keyboard.press('Escape');
  await page.waitForSelector('#tip', { state: 'detached' });
  await page.keyboard.press('Enter');
  await page.waitForTimeout(200);
  expect(bare(await marked(page)) === bare(quote), 'Enter opens the source');
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  expect(outline !== 'none', 'focus can be seen');
  await page.reload();
  await page.waitForSelector('#question');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement.matches('.skip')), 'the skip link comes first');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement.id === 'question'), 'and skips');
});

test('each finished block is announced once', async (page) => {
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) window.heard.push(node.textContent);
    }).observe(document.querySelector('[data-testid=announcements]'), { childList: true });
  });
  const turn = await settled(await ask(page, kSuppliers), 'done');
  const sentences = await turn.locator('.sentence').count();
  await page.waitForTimeout(200);
  const heard = await page.evaluate(() => window.heard);
  expect(heard.length === sentences, `${sentences} sentences, heard: ${heard.join(' / ')}`);
  expect((await page.locator('.thread').getAttribute('aria-live')) === 'off', 'the log itself is silent');
});

test('a phone shows one pane at a time and goes back', async (page) => {
  const visible = async () => {
    const all = await Promise.all(['nav', 'main', 'aside'].map((pane) => page.locator(pane).isVisible()));
    return ['nav', 'main', 'aside'].filter((_, i) => all[i]).join();
  };
  expect((await visible()) === 'main', await visible());
  await settled(await ask(page, kSuppliers), 'done');
  expect((await visible()) === 'main', 'an answer does not turn the page');
  await page.locator('.c').first().click();
  await page.waitForSelector('aside mark');
  expect((await visible()) === 'aside', await visible());
  const box = await page.locator('aside mark').first().boundingBox();
  expect(box.y > 0 && box.y < 844, 'the mark is in sight');
  await page.goBack();
  expect((await visible()) === 'main', 'the browser leads back');
  await page.locator('.c').first().click();
  await page.getByRole('button', { name: 'Back to the answer' }).click();
  await page.waitForFunction(() => document.querySelector('main').offsetParent !== null);
  await page.getByRole('button', { name: 'Bases and conversations' }).click();
  expect((await visible()) === 'nav', await visible());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(!wide, 'nothing hangs over the side');
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

for (const colorScheme of ['light', 'dark'])
  test(`axe finds nothing serious, ${colorScheme}`, async (page) => {
    const found = [...(await axe(page))];
    await settled(await ask(page, kSuppliers), 'done');
    await settled(await ask(page, kCompare), 'done');
    const turn = await settled(await ask(page, kUnknown), 'refused');
    const why = turn.getByRole('button', { name: 'Why this answer' });
    if (await why.count()) await why.click();
    await page.locator('.turn .c').first().click();
    await page.waitForSelector('aside mark');
    found.push(...(await axe(page)));
    await page.locator('.row-item a').first().click();
    await page.waitForSelector('.documents tbody tr');
    found.push(...(await axe(page)));
    await page.getByRole('button', { name: 'Add a folder or files' }).click();
    found.push(...(await axe(page)));
    expect(found.length === 0, found.join('\n'));
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = background.match(/\d+/g).map(Number)[0] > 128;
    expect(light === (colorScheme === 'light'), `background ${background}`);
  }, { colorScheme });

test('the policy is strict and the page keeps it', async (page) => {
  const response = await page.request.get(`${server.url}/`);
  const policy = response.headers()['content-security-policy'] ?? '';
  expect(policy.includes("default-src 'none'") && policy.includes("require-trusted-types-for 'script'"), policy);
  expect(!policy.includes('unsafe'), policy);
  const caught = await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>';
      return false;
    } catch {
      return true;
    }
  });
  expect(caught, 'a string cannot become HTML');
  await page.waitForTimeout(50);
  page.faults = page.faults.filter((fault) => !fault.includes('require-trusted-types-for') && !fault.includes('TrustedHTML'));
});

if (!process.env.INTERPOSER_URL) {
  // What only a scripted server can be made to do.
  test('hostile Markdown fetches nothing and runs nothing', async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await choosePlainModel(page);
    const turn = await settled(await ask(page, 'Be [hostile]'), 'done');
    const shown = await turn.locator('.prose').innerText();
    expect(shown.includes('<img') && shown.includes('end of it'), `shown as text: ${shown}`);
    expect((await turn.locator('.prose :is(img, script, iframe, style, object, svg, form)').count()) === 0, 'no such element');
    const hrefs = await turn.locator('.prose a').evaluateAll((links) => links.map((link) => link.href));
    expect(hrefs.every((href) => /^(https?|mailto):/.test(href)), hrefs.join());
    expect(!(await page.evaluate(() => 'pwned' in window)), 'nothing ran');
    expect(asked.every((url) => url.startsWith(server.url) || url.startsWith('data:')), asked.join());
  });

  test('a server with keys is given one', async (page) => {
    process.env.MOCK_KEY = 'letmein';
    try {
      await page.reload();
      await page.getByLabel('Key', { exact: true }).fill('wrong');
      await page.keyboard.press('Enter');
      await page.waitForSelector('dialog .bad');
      expect((await axe(page)).length === 0, 'axe finds nothing in the dialog');
      await page.getByLabel('Key', { exact: true }).fill('letmein');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.samples');
      await settled(await ask(page, kSuppliers), 'done');
    } finally {
      delete process.env.MOCK_KEY;
    }
  });

  test('an error names the remedy, and the question can be asked again', async (page) => {
    const turn = await settled(await ask(page, 'Fail please'), 'failed');
    expect((await turn.locator('.problem .remedy').innerText()).length > 10, 'a remedy');
    await turn.getByRole('button', { name: 'Ask again' }).click();
    await page.locator('.turn').nth(1).waitFor();
  });

  test('what was found is offered by name and used only when chosen', async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('button', { name: 'Write it up with Ollama' }).click();
    await page.waitForFunction(() => document.querySelector('[data-testid=pick-writer]').value === 'ollama/qwen3:8b');
    const turn = await settled(await ask(page, kSuppliers), 'done');
    expect((await turn.locator('.kind').innerText()).startsWith('Written by ollama/qwen3:8b'), 'who wrote it');
    expect((await turn.locator('.unsupported').count()) === 1, 'an unsupported sentence is marked');
    expect(asked.filter((url) => url.includes('/found/')).length === 1, 'one call, after the click');
  });
}

const failed = await suite.run();
await browser.close();
await server.close();
process.exit(failed > 0 ? 1 : 0);
