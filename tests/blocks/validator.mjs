// What would the block editor make of this markup? WordPress's own block library answers, under jsdom.
//
//     node validator.mjs PACKAGES < documents
//
// PACKAGES is a folder with a node_modules of one package set (package.json or wp61/package.json beside this file).
// Every line of standard input is a document {"id", "markup"}, or a list of them. For each, one line comes back:
//
//   blocks, names   how many blocks, inner ones included, and how many of each name
//   invalid         blocks for which the editor shows its "unexpected or invalid content" notice
//   migrated        blocks in the form of an older release: the editor takes them and writes them anew
//   freeform        text outside all blocks, which the editor shows as Classic blocks
//   missing         blocks of a name that the set does not know
//   stable          opening and saving gives the same markup (but for blanks around the whole)
//   differs         where the saved markup first differs: what stands there, and what the editor would write
//   messages        what is wrong with which block
//   error           the library threw; there is no verdict
//
// Exit status 2: the set cannot judge, since a package that keeps state is not there exactly once.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { format } from 'node:util';

const STATEFUL = ['@wordpress/blocks', '@wordpress/block-editor', '@wordpress/data', '@wordpress/components'];
const SHORT = 300; // characters of a source that a message quotes

/** Every folder of a package in a tree of node_modules, with the package's name. */
function* packagesBelow(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const scoped = entry.startsWith('@') ? readdirSync(join(folder, entry)) : [];
    const names = entry.startsWith('@') ? scoped.map((part) => `${entry}/${part}`) : [entry];
    for (const name of names) {
      if (existsSync(join(folder, name, 'package.json'))) yield name;
      yield* packagesBelow(join(folder, name, 'node_modules'));
    }
  }
}

/** With two registries of blocks, or two stores, every block is invalid: such a tree must not give a verdict. */
function refuseUnusable(folder) {
  const copies = Object.fromEntries(STATEFUL.map((name) => [name, 0]));
  for (const name of packagesBelow(join(folder, 'node_modules'))) if (name in copies) copies[name] += 1;
  const wrong = Object.entries(copies).filter(([, count]) => count !== 1);
  if (wrong.length === 0) return;
  const found = wrong.map(([name, count]) => `${name} ${count} times`).join(', ');
  console.error(`${folder} cannot judge: it holds ${found}, each must be there once. Delete it to install it anew.`);
  process.exit(2);
}

/** The globals of a browser, as far as the library asks for them when it is loaded. */
function becomeBrowser(JSDOM) {
  const { window } = new JSDOM('', { url: 'http://localhost/', pretendToBeVisual: true });
  const nothing = () => {};
  const listening = Object.fromEntries(
    ['addListener', 'removeListener', 'addEventListener', 'removeEventListener'].map((method) => [method, nothing]),
  );
  class Observer {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  Object.assign(window, {
    CSS: { supports: () => false, escape: String },
    IntersectionObserver: Observer,
    ResizeObserver: Observer,
    matchMedia: () => ({ matches: false, ...listening }),
    requestIdleCallback: (callback) => setTimeout(callback, 0),
    cancelIdleCallback: clearTimeout,
    wp: { oldEditor: {} }, // its presence makes the library register the Classic block
  });
  // What Node has under the same name as well: the library needs the one that belongs to the document.
  const replaced = ['window', 'self', 'navigator', 'Event', 'CustomEvent', 'EventTarget', 'DOMParser', 'CSS'];
  for (const name of Object.getOwnPropertyNames(window)) {
    if (name in globalThis && !replaced.includes(name)) continue;
    const value = name === 'self' ? window : window[name];
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** What the library says on the console; of a migration nothing else tells. */
function listen() {
  const said = { migrated: [] };
  for (const method of ['log', 'warn', 'error', 'debug', 'group', 'groupEnd']) console[method] = () => {};
  console.groupCollapsed = (text, name) => {
    if (String(text).startsWith('Updated Block')) said.migrated.push({ what: 'migrated', block: name, issues: [] });
  };
  // Within that group: the old and the new content.
  console.info = (...args) => said.migrated.at(-1)?.issues.push(issueText({ args }));
  return said;
}

function* everyBlock(list) {
  for (const block of list) {
    yield block;
    yield* everyBlock(block.innerBlocks ?? []);
  }
}

/** An issue is a console call that was not made: a format and its arguments, some of them whole block types. */
function issueText({ args = [] }) {
  const readable = args.map((value) => (value && typeof value === 'object' && value.name ? value.name : value));
  return format(...readable).slice(0, 3 * SHORT);
}

/** Both texts around the first place where they are not the same. */
function firstDifference(given, saved) {
  let at = 0;
  while (given[at] === saved[at]) at += 1;
  const around = (text) => text.slice(Math.max(0, at - SHORT / 4), at + SHORT / 4);
  return { given: around(given), saved: around(saved) };
}

/** The lines of a stream. Node's own readline would also split at U+2028, which JSON may hold as it is. */
async function* linesOf(stream) {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const parts = chunk.split('\n');
    for (const end of parts.slice(0, -1)) {
      yield rest + end;
      rest = '';
    }
    rest += parts.at(-1);
  }
  yield rest;
}

class Judge {
  constructor(library, said) {
    this.library = library;
    this.said = said;
  }

  verdict({ id, markup }) {
    const counts = { blocks: 0, invalid: 0, migrated: 0, freeform: 0, missing: 0 };
    const found = { id, ...counts, stable: false, names: {}, messages: [] };
    try {
      this.examine(markup, found);
    } catch (error) {
      found.error = String(error?.stack ?? error);
    }
    return found;
  }

  examine(markup, found) {
    this.said.migrated = [];
    const list = this.library.parse(markup);
    found.migrated = this.said.migrated.length;
    found.messages.push(...this.said.migrated);
    for (const block of everyBlock(list)) {
      found.blocks += 1;
      found.names[block.name] = (found.names[block.name] ?? 0) + 1;
      const what = this.fault(block);
      if (!what) continue;
      found[what] += 1;
      const { originalContent, content } = block.attributes;
      const source = String(block.originalContent || originalContent || content || '');
      found.messages.push({
        what,
        block: block.attributes.originalName ?? block.name,
        source: source.slice(0, SHORT),
        ...(what === 'invalid' && { issues: (block.validationIssues ?? []).map(issueText) }),
      });
    }
    const saved = this.library.serialize(list);
    found.stable = saved === markup.trim();
    if (!found.stable) found.differs = firstDifference(markup.trim(), saved);
  }

  fault(block) {
    if (block.isValid === false) return 'invalid';
    return { 'core/freeform': 'freeform', 'core/missing': 'missing' }[block.name];
  }
}

const packages = resolve(process.argv[2] ?? '.');
refuseUnusable(packages);
const load = createRequire(join(packages, 'package.json'));
becomeBrowser(load('jsdom').JSDOM);
const said = listen();
const library = load('@wordpress/blocks');
load('@wordpress/block-library').registerCoreBlocks();
const judge = new Judge(library, said);
for await (const line of linesOf(process.stdin)) {
  if (!line.trim()) continue;
  for (const document of [JSON.parse(line)].flat()) {
    process.stdout.write(`${JSON.stringify(judge.verdict(document))}\n`);
  }
}
process.exit(0); // the library leaves timers behind
