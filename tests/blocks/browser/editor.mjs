// Opens posts of a WordPress in its block editor, in a real browser, and says what the editor makes of them.
//
//     node editor.mjs PACKAGES BROWSER < task
//
// PACKAGES is a folder with the node_modules of package.json beside this file, BROWSER the program of a Chromium.
// Standard input is one JSON object: {"site", "user", "password", "posts": [{"id", "picture"}]}. For every post one
// line of JSON comes back when all of its blocks are shown, and "picture" (a path) gets a screenshot of the whole post:
//
//   names      how many blocks of each name, inner ones included
//   invalid    the names of blocks that the editor calls invalid
//   warnings   the texts of all warnings that stand in the place of a block
//   said       what the browser's console says of blocks that are invalid or were migrated
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(join(packages, 'package.json'))('playwright-core');
// A page that is not there after this time never comes; a slow machine needs much less.
const PATIENCE = 120_000;
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Put into the page: its blocks, inner ones included, and those that it does not show (yet). */
function lookAround() {
  const all = (list) => list.flatMap((block) => [block, ...all(block.innerBlocks)]);
  // In the place of an invalid or unknown block there is a warning, and its inner blocks have no place.
  const isWhole = (block) => block.isValid && block.name !== 'core/missing';
  const placed = (list) => list.flatMap((block) => [block, ...(isWhole(block) ? placed(block.innerBlocks) : [])]);
  window.canvas = () => document.querySelector('iframe[name="editor-canvas"]')?.contentDocument ?? document;
  window.allBlocks = () => all(window.wp.data.select('core/block-editor').getBlocks());
  window.hiddenBlocks = () => placed(window.wp.data.select('core/block-editor').getBlocks())
    .filter((block) => !window.canvas().querySelector(`[data-block="${block.clientId}"]`)).map((block) => block.name);
}

/** In the page: all blocks are there and shown, and no image is still being loaded. */
function isReady(id) {
  if (window.wp?.data?.select('core/editor')?.getCurrentPostId() !== id) return false;
  if (window.allBlocks().length === 0 || window.hiddenBlocks().length > 0) return false;
  return [...window.canvas().querySelectorAll('.is-root-container img')].every((image) => image.complete);
}

/** In the page: what its own block editor knows. */
function examine() {
  const names = {};
  for (const { name } of window.allBlocks()) names[name] = (names[name] ?? 0) + 1;
  return {
    names,
    invalid: window.allBlocks().filter((block) => !block.isValid).map((block) => block.name),
    warnings: [...window.canvas().querySelectorAll('.block-editor-warning__message')].map((place) => place.textContent),
  };
}

/** As tall as the post, so that a picture shows all of it. */
async function stretch(page) {
  const hidden = await page.evaluate(() => {
    const content = document.querySelector('.interface-interface-skeleton__content');
    return Math.max(0, content.scrollHeight - content.clientHeight);
  });
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: height + hidden });
}

async function open(context, site, { id, picture }) {
  const page = await context.newPage();
  await page.addInitScript(lookAround);
  const said = [];
  page.on('console', (message) => {
    if (/^(Block validation|Updated Block|Block successfully updated)/.test(message.text())) said.push(message.text());
  });
  await page.goto(`${site}/wp-admin/post.php?post=${id}&action=edit`);
  await page.waitForFunction(() => window.wp?.data?.dispatch('core/preferences'));
  await page.evaluate(() => window.wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false));
  await page.waitForFunction(isReady, id).catch(async (error) => {
    const hidden = await page.evaluate(() => window.hiddenBlocks().join(', '));
    throw new Error(`post ${id}: the editor does not show ${hidden || 'the post or its images'}`, { cause: error });
  });
  await page.waitForSelector('.edit-post-welcome-guide', { state: 'detached' });
  await stretch(page);
  if (picture) await page.screenshot({ path: picture });
  const found = await page.evaluate(examine);
  await page.close();
  return { id, ...found, said };
}

const { site, user, password, posts } = await json(process.stdin);
const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
  // Nothing is fetched from anywhere but the site: no avatars, no players.
  await context.route((url) => url.origin !== new URL(site).origin, (route) => route.abort());
  const login = await context.newPage();
  await login.goto(`${site}/wp-login.php`);
  await login.fill('#user_login', user);
  await login.fill('#user_pass', password);
  await Promise.all([login.waitForURL(/wp-admin/), login.click('#wp-submit')]);
  for (const post of posts) console.log(JSON.stringify(await open(context, site, post)));
} finally {
  await browser.close();
}
