/** The value below which `share` (0 to 1) of the samples lie; nearest rank. NaN without samples. */
export function quantile(samples, share) {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))];
}

export function median(samples) {
  return quantile(samples, 0.5);
}

/** Smallest, middle and largest of some figures, one for each round. */
export function spread(samples) {
  return { min: quantile(samples, 0), median: median(samples), max: quantile(samples, 1) };
}

/** Three significant digits: more would only look exact. */
export function short(value) {
  if (!Number.isFinite(value)) return String(value);
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

export function spreadText(samples) {
  const { min, median: middle, max } = spread(samples);
  return `${short(min)} / ${short(middle)} / ${short(max)}`;
}
