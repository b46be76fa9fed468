import type { FlatNode as Node } from '../syntax/flat-node.js';
import type { FactsCollector } from './facts-collector.js';

/** Reads the facts of one language from the root of a tree. Adding a language is adding one. */
export type Extractor = (root: Node, into: FactsCollector) => void;
