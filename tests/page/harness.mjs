// Chromium, a page that reports what went wrong in it, and the lines a test suite prints.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { startMock } from './mock_server.mjs';

const kChromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
export const kSlowMs = 30_000;
const kAxe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The server under test: the one at INTERPOSER_URL, else the mock. */
export async function target() {
  const url = process.env.INTERPOSER_URL;
  return url ? { url: url.replace(/\/$/, ''), close: async () => undefined } : startMock();
}

export function launch() {
  return chromium.launch({ executablePath: kChromium, args: kArguments });
}

/** A fresh page at `path`; `page.faults` gathers errors and violations of the policy. */
export async function open(browser, url, { path = '/', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url }).catch(() => undefined);
  const page = await context.newPage();
  page.setDefaultTimeout(kSlowMs);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|net::ERR_/.test(message.text()))
      page.faults.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('__violation', (text) => page.faults.push(`policy: ${text}`));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (event) =>
      window.__violation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
    ),
  );
  await page.goto(url + path);
  await page.waitForSelector('#question, dialog[open], .documents');
  return page;
}

/** Serious and critical findings of axe, as short lines. Runs by the debugger, so under the policy. */
export async function axe(page) {
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
}

export async function ask(page, question) {
  const before = await page.locator('.turn').count();
  await page.fill('#question', question);
  await page.press('#question', 'Enter');
  const turn = page.locator('.turn').nth(before);
  await turn.waitFor();
  return turn;
}

// A small model may ramble to the end of its context: minutes on a busy machine.
const kAnswerMs = 240_000;

export async function settled(turn, state) {
  await turn.page().waitForFunction(
    ([element, wanted]) => element.dataset.state !== 'running' && (!wanted || element.dataset.state === wanted),
    [await turn.elementHandle(), state],
    { timeout: kAnswerMs },
  );
  return turn;
}

export function expect(condition, words) {
  if (!condition) throw new Error(words);
}

/** White space and what a table puts between its cells do not count. */
export function bare(text) {
  return text.replace(/[\s|,"]+/g, '');
}

export class Suite {
  #tests = [];
  test(name, body) {
    this.#tests.push({ name, body });
  }

  /** Prints one line a test; gives the number that failed. */
  async run(filter = process.argv[2]) {
    let failed = 0;
    for (const { name, body } of this.#tests) {
      if (filter && !name.includes(filter)) continue;
      try {
        await body();
        console.log(`ok - ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`not ok - ${name}`);
        console.log(String(error.stack ?? error).split('\n').slice(0, 8).map((line) => `  # ${line}`).join('\n'));
      }
    }
    return failed;
  }
}
