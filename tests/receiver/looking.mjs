// Opens pages in a real browser, at several widths, and says what a reader would notice.
//
//     node looking.mjs PACKAGES BROWSER < task
//
// PACKAGES is a folder with the node_modules of tests/blocks/browser, BROWSER the program of a Chromium. Standard input
// is one JSON object: {"pages": [{"url", "width", "scheme", "picture"}]}. One line of JSON comes back for each:
//
//   overflow   how many pixels the page is wider than the screen
//   images     how many images there are, and broken: the addresses of those that did not load
//   small      texts that are too small to read, in the prose
//   ran        whether anything set window.ran, opened a dialog, or went elsewhere when every link was clicked
//   refused    what the browser's console says of the Content-Security-Policy
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(join(packages, 'package.json'))('playwright-core');
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

async function look(browser, { url, width, scheme, picture }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme ?? 'light' });
  context.setDefaultTimeout(60_000);
  const origin = new URL(url).origin;
  await context.route((asked) => asked.origin !== origin, (route) => route.abort());
  const page = await context.newPage();
  const refused = [];
  let dialogs = 0;
  page.on('console', (said) => { if (said.text().includes('Content Security Policy')) refused.push(said.text()); });
  page.on('dialog', (dialog) => { dialogs += 1; return dialog.dismiss(); });
  await page.goto(url);
  // Images below are loaded when they come into sight.
  await page.evaluate(async () => {
    for (const image of document.images) {
      image.scrollIntoView();
      if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
    }
    window.scrollTo(0, 0);
  });
  if (picture) await page.screenshot({ path: picture, fullPage: true });
  const found = await page.evaluate(() => ({
    overflow: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
    images: document.images.length,
    broken: [...document.images].filter((image) => image.naturalWidth === 0).map((image) => image.src),
    small: [...document.querySelectorAll('.prose *')].filter((place) => place.innerText?.trim()
      && !place.closest('sup') && parseFloat(getComputedStyle(place).fontSize) < 13).map((place) => place.innerText),
  }));
  const before = page.url();
  await page.evaluate(() => { for (const link of document.querySelectorAll('.prose a[href^="javascript" i]')) link.click(); });
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => setTimeout(done, 0)); }));
  const ran = dialogs > 0 || page.url() !== before || await page.evaluate(() => window.ran === true);
  await context.close();
  return { ...found, ran, refused };
}

const { pages } = await json(process.stdin);
const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  for (const page of pages) console.log(JSON.stringify(await look(browser, page)));
} finally {
  await browser.close();
}
