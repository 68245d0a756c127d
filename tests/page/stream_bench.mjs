#!/usr/bin/env node
// Does the page keep up? A 20 KB answer at 3,000 tokens/s: the tasks over 50 ms (there should be
// none), the share of the main thread, and how far behind the last token the page is done.
// Prints one JSON line; exits 1 when a task took longer. The mock is the fast model.
import { ask, launch, open, settled } from './harness.mjs';
import { startMock } from './mock_server.mjs';

const kLongestTaskMs = 50;

async function measure(browser, url) {
  const page = await open(browser, url);
  const values = await page.locator('[data-testid=pick-base] option').evaluateAll((all) => all.map((one) => one.value));
  await page.selectOption('[data-testid=pick-base]', values.at(-1));
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration)))
      .observe({ type: 'longtask' });
    window.frames60 = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames60.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const [busyBefore, began] = [await busy(), performance.now()];
  const turn = await settled(await ask(page, 'Write the long answer [bench]'), 'done');
  const seconds = (performance.now() - began) / 1000;
  const busySeconds = (await busy()) - busyBefore;
  const result = await page.evaluate(() => ({
    characters: document.querySelector('.prose').textContent.length,
    longTasks: window.longTasks, worstFrame: Math.max(...window.frames60), frames: window.frames60.length,
  }));
  await page.context().close();
  void turn;
  return {
    characters: result.characters, seconds: +seconds.toFixed(2), frames: result.frames,
    tasks_over_50_ms: result.longTasks.length, longest_task_ms: Math.round(Math.max(0, ...result.longTasks)),
    worst_frame_gap_ms: Math.round(result.worstFrame), main_thread_share: +(busySeconds / seconds).toFixed(3),
  };
}

const server = await startMock();
const browser = await launch();
const result = await measure(browser, server.url);
console.log(JSON.stringify(result));
await browser.close();
await server.close();
process.exit(result.longest_task_ms > kLongestTaskMs ? 1 : 0);
