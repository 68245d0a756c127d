#!/usr/bin/env node
// Does the page keep up? A 20 KB answer at 3,000 tokens/s: the main thread's tasks over 50 ms (there
// should be none), its share, and how long it took. A task's length is its own CPU time: what other
// processes take from the thread meanwhile is printed beside it (wall), and is not the page's.
// Prints one JSON line; exits 1 when a task took longer. The mock is the fast model.
import { ask, launch, open, settled } from './harness.mjs';
import { startMock } from './mock_server.mjs';

const kLongestTaskMs = 50;

/** The tasks of the page's main thread, in milliseconds. */
function tasksOf(trace) {
  const events = JSON.parse(trace.toString()).traceEvents;
  const main = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const busiest = main
    .map(({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid && event.name === 'RunTask'))
    .sort((a, b) => b.length - a.length)[0];
  return busiest.map(({ dur, tdur }) => ({ wall: (dur ?? 0) / 1000, cpu: (tdur ?? dur ?? 0) / 1000 }));
}

async function measure(browser, url) {
  const page = await open(browser, url);
  const values = await page.locator('[data-testid=pick-base] option').evaluateAll((all) => all.map((one) => one.value));
  await page.selectOption('[data-testid=pick-base]', values.at(-1));
  await page.waitForTimeout(500);
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  const began = performance.now();
  const turn = await settled(await ask(page, 'Write the long answer [bench]'), 'done');
  const seconds = (performance.now() - began) / 1000;
  const tasks = tasksOf(await browser.stopTracing());
  const longest = (of) => Math.round(Math.max(...tasks.map((task) => task[of])) * 10) / 10;
  const busy = tasks.reduce((sum, { cpu }) => sum + cpu, 0) / 1000;
  const bytes = await turn.locator('.prose').evaluate((prose) => new TextEncoder().encode(prose.textContent).length);
  await page.context().close();
  return {
    bytes_shown: bytes, seconds: +seconds.toFixed(2), tasks: tasks.length,
    tasks_over_50_ms: tasks.filter(({ cpu }) => cpu > kLongestTaskMs).length,
    longest_task_ms: longest('cpu'), longest_task_wall_ms: longest('wall'),
    main_thread_share: +(busy / seconds).toFixed(3),
  };
}

const server = await startMock();
const browser = await launch();
const result = await measure(browser, server.url);
console.log(JSON.stringify(result));
await browser.close();
await server.close();
process.exit(result.tasks_over_50_ms > 0 ? 1 : 0);
