#!/usr/bin/env node
/**
 * Which files would a model be shown? For commits of real repositories: the message is the request, the files it
 * changed are what should be found. Recall among the first ten of the product's ranking, of BM25 over the text of
 * the files, and of BM25 over identifiers and paths alone, all on the tree before the commit.
 *
 *   node bench/retrieval/recall.bench.mjs --repos=DIR,DIR,DIR [--commits=110] [--json=FILE]
 *
 * DIR is a git directory (`git clone --bare https://github.com/expressjs/express`).
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  Bm25,
  MemoryGraphCache,
  buildGraph,
  rankFiles,
  termsOf,
} from '../../libs/knowledge-graph/dist/index.js';
import { History } from './commits.mjs';

const option = (name, fallback) =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const repos = (option('repos', process.env.HIL_RETRIEVAL_REPOS) ?? '').split(',').filter(Boolean);
const commits = Number(option('commits', '110'));
if (repos.length === 0) {
  console.error('--repos=DIR,DIR,DIR: bare clones of repositories with code');
  process.exit(2);
}

const words = (text) => text.toLowerCase().match(/[a-z0-9_]+/g) ?? [];
const top = (index, paths, query) =>
  [...index.search(query)]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 10)
    .map(([at]) => paths[at]);

async function rankings(history, commit, graph) {
  const byBlob = new Map(history.files(commit.parent).map((file) => [file.path, file]));
  const paths = graph.modules.map(({ path }) => path);
  const text = new Bm25();
  const texts = new Map();
  for (const path of paths) {
    const content = (await byBlob.get(path).read()).toString('utf8');
    texts.set(path, content);
    text.add(words(content));
  }
  const names = new Bm25();
  const symbols = new Map();
  for (const { moduleId, name } of graph.symbols)
    symbols.set(moduleId, [...(symbols.get(moduleId) ?? []), ...termsOf(name)]);
  for (const { id, path } of graph.modules)
    names.add([...termsOf(path), ...(symbols.get(id) ?? [])]);
  return {
    hil: rankFiles(graph, commit.message, { texts, limit: 10 }).map(({ path }) => path),
    bm25: top(text, paths, words(commit.message)),
    identifiers: top(names, paths, termsOf(commit.message)),
  };
}

const all = [];
for (const repo of repos) {
  const history = new History(repo);
  const cache = new MemoryGraphCache();
  const rows = [];
  const name =
    basename(repo) === 'repo' ? basename(repo.replace(/\/repo$/, '')) : basename(repo, '.git');
  for (const commit of history.labelled(commits)) {
    const graph = await buildGraph({
      files: history.files(commit.parent),
      project: { name, gitSha: commit.parent, rootPath: '' },
      cache,
    });
    const known = new Set(graph.modules.map(({ path }) => path));
    const wanted = commit.files.filter((path) => known.has(path));
    if (wanted.length === 0) continue;
    const ranked = await rankings(history, commit, graph);
    const recall = Object.fromEntries(
      Object.entries(ranked).map(([ranking, found]) => [
        ranking,
        wanted.filter((path) => found.includes(path)).length / wanted.length,
      ]),
    );
    rows.push({ repository: name, sha: commit.sha, files: known.size, ...recall });
  }
  history.close();
  print(name, rows);
  all.push(...rows);
}
print('all', all);
const json = option('json');
if (json !== undefined) writeFileSync(json, JSON.stringify(all, null, 1));

function print(name, rows) {
  const mean = (key) => rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const figures = ['hil', 'bm25', 'identifiers'].map((key) => `${key} ${mean(key).toFixed(3)}`);
  const files = rows.length === 0 ? 0 : Math.round(mean('files'));
  console.log(`${name}: ${rows.length} commits, ${files} files, recall@10 ${figures.join(', ')}`);
}
