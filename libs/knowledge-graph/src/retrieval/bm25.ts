/** Okapi BM25 with the usual constants (Robertson and Zaragoza 2009). */
const K1 = 1.2;
const B = 0.75;

/** Ranks documents of terms by a query of terms. */
export class Bm25 {
  private readonly postings = new Map<string, { document: number; count: number }[]>();
  private readonly lengths: number[] = [];
  private total = 0;

  /** Adds a document; its number is the count of documents before it. */
  add(terms: readonly string[]): void {
    const document = this.lengths.length;
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const posting = this.postings.get(term);
      if (posting === undefined) this.postings.set(term, [{ document, count }]);
      else posting.push({ document, count });
    }
    this.lengths.push(terms.length);
    this.total += terms.length;
  }

  /** The score of every document that shares a term with the query, by document number. */
  search(query: readonly string[]): Map<number, number> {
    const scores = new Map<number, number>();
    const average = this.total / Math.max(1, this.lengths.length);
    for (const term of new Set(query)) {
      const posting = this.postings.get(term) ?? [];
      const idf = Math.log(
        1 + (this.lengths.length - posting.length + 0.5) / (posting.length + 0.5),
      );
      for (const { document, count } of posting) {
        const norm = 1 - B + (B * (this.lengths[document] ?? 0)) / Math.max(1, average);
        const score = (idf * count * (K1 + 1)) / (count + K1 * norm);
        scores.set(document, (scores.get(document) ?? 0) + score);
      }
    }
    return scores;
  }
}
