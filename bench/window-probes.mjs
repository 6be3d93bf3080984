// What is measured inside the page of the real app: functions that Playwright runs there, by what a person sees and does.

/** @typedef {import('@playwright/test').Page} Page */

/** Wait of the filter box after the last key, ms: it is not counted. */
const typingPauseMs = 150;

/**
 * Frames while the list is scrolled by wheel, then by Page Down, and the longest task meanwhile.
 * @param {Page} page
 * @param {number} seconds
 */
export async function scrollList(page, seconds) {
  const grid = page.getByRole('grid', { name: 'Requests' });
  await grid.hover();
  await page.evaluate(() => {
    const state = { frames: /** @type {number[]} */ ([]), running: true };
    Object.assign(window, { benchFrames: state });
    const step = (/** @type {number} */ at) => {
      state.frames.push(at);
      if (state.running) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const wheelUntil = performance.now() + seconds * 500;
  while (performance.now() < wheelUntil) {
    await page.mouse.wheel(0, 240);
    await pause(16);
  }
  await grid.focus();
  const keysUntil = performance.now() + seconds * 500;
  while (performance.now() < keysUntil) {
    await page.keyboard.press('PageDown');
    await pause(33);
  }
  const frames = await page.evaluate(() => {
    const state = /** @type {any} */ (window).benchFrames;
    state.running = false;
    return /** @type {number[]} */ (state.frames);
  });
  const gaps = frames.slice(1).map((at, n) => at - (frames[n] ?? at));
  return { framesPerSecond: 1_000 / quantile(gaps, 0.5), longestMs: Math.max(...gaps) };
}

/**
 * Milliseconds from a click on a row to its body on the screen, for `count` rows.
 * @param {Page} page
 * @param {number} count
 */
export async function openRequests(page, count) {
  await page.getByRole('grid', { name: 'Requests' }).focus();
  await page.keyboard.press('Home');
  return page.evaluate(async (wanted) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const grid = document.querySelector('[role="grid"][aria-label="Requests"]');
    const answer = await /** @type {any} */ (window).hookbench.call('requests.list', { limit: 500 });
    const times = [];
    let before = '';
    for (let n = 1; n < answer.value.rows.length && times.length < wanted; n += 1) {
      const { deliveryId } = answer.value.rows[n];
      if (deliveryId === null || deliveryId === before) continue;
      before = deliveryId;
      const find = () => grid?.querySelector(`[role="row"][aria-rowindex="${n + 1}"]`);
      if (find() == null) grid?.scrollBy({ top: 400 });
      while (find() == null) await frame();
      await frame();
      const startedAt = performance.now();
      /** @type {HTMLElement} */ (find()).click();
      const shown = () =>
        document.querySelector('[aria-label="Request details"] [role="tabpanel"]')?.textContent?.includes(deliveryId);
      while (shown() !== true) {
        await frame();
        if (performance.now() - startedAt > 5_000) throw new Error(`The body of ${deliveryId} does not appear.`);
      }
      times.push(performance.now() - startedAt);
    }
    return times;
  }, count);
}

/**
 * Milliseconds from the last key of a query to its rows, without the wait for more keys; each query once.
 * @param {Page} page
 * @param {readonly string[]} queries
 * @param {number} total Requests in all.
 */
export async function filterList(page, queries, total) {
  return page.evaluate(async ([given, all, pauseMs]) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const input = /** @type {HTMLInputElement} */ (document.querySelector('[aria-label="Filter requests"]'));
    const foot = () => document.querySelector('.inbox-foot')?.textContent ?? '';
    const type = (/** @type {string} */ text) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const until = async (/** @type {() => boolean} */ done, /** @type {string} */ what) => {
      const startedAt = performance.now();
      while (!done()) {
        await frame();
        if (performance.now() - startedAt > 30_000) throw new Error(`${what}: "${foot()}" stays.`);
      }
      return performance.now() - startedAt;
    };
    const words = all.toLocaleString('en');
    const times = [];
    for (const query of /** @type {string[]} */ (given)) {
      type(query);
      const ms = await until(() => foot().includes(` of ${words}`), query);
      times.push({ query, ms: Math.max(0, ms - pauseMs), foot: foot() });
      type('');
      await until(() => !foot().includes(' of '), 'no filter');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return times;
  }, /** @type {const} */ ([queries, total, typingPauseMs]));
}

/**
 * Notes tasks over 50 ms from now on; the answer gives them, `at` in epoch ms.
 * @param {Page} page
 */
export async function watchLongTasks(page) {
  await page.evaluate(() => {
    const tasks = /** @type {{ at: number, ms: number }[]} */ ([]);
    Object.assign(window, { benchTasks: tasks });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        tasks.push({ at: performance.timeOrigin + startTime, ms: duration });
      }
    }).observe({ type: 'longtask' });
  });
  return () =>
    page.evaluate(() => /** @type {{ at: number, ms: number }[]} */ (/** @type {any} */ (window).benchTasks));
}

/**
 * Notes when each row of a run came to the screen; the answer gives epoch ms by number.
 * @param {Page} page
 * @param {string} run
 */
export async function watchRows(page, run) {
  await page.evaluate((name) => {
    const seen = /** @type {Record<string, number>} */ ({});
    Object.assign(window, { benchSeen: seen });
    const pattern = new RegExp(`/in/bench/${name}/(\\d+)`);
    const step = () => {
      const now = Date.now();
      for (const row of document.querySelectorAll('[role="grid"][aria-label="Requests"] [role="row"]')) {
        const number =
          pattern.exec(row.querySelector('.request-title b')?.textContent ?? '')?.[1] ??
          pattern.exec(row.querySelector('.request-line')?.textContent ?? '')?.[1];
        if (number !== undefined) seen[number] ??= now;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }, run);
  return () => page.evaluate(() => /** @type {Record<string, number>} */ (/** @type {any} */ (window).benchSeen));
}

/**
 * @param {readonly number[]} values
 * @param {number} share 0 to 1.
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param {number} ms */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
