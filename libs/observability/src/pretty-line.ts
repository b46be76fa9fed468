const LEVELS: Readonly<Record<number, readonly [name: string, colour: number]>> = {
  10: ['TRACE', 90],
  20: ['DEBUG', 90],
  30: ['INFO ', 32],
  40: ['WARN ', 33],
  50: ['ERROR', 31],
  60: ['FATAL', 35],
};
const HEAD = new Set(['level', 'time', 'name', 'msg', 'pid', 'hostname', 'err']);

/** One JSON log line as a short line for a person; what is not JSON is returned unchanged. */
export function prettyLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const [level, colour] = LEVELS[Number(entry['level'])] ?? ['?????', 0];
  const time = new Date(entry['time'] as string | number).toISOString().slice(11, 23);
  const fields = Object.entries(entry)
    .filter(([key]) => !HEAD.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const words = [
    paint(90, time),
    paint(colour, level),
    paint(36, String(entry['name'] ?? '')),
    String(entry['msg'] ?? ''),
    paint(90, fields.join(' ')),
  ];
  return `${words.filter((word) => word !== '').join(' ')}\n${errorText(entry['err'])}`;
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: string; message?: string };
  return `${paint(90, stack ?? message ?? JSON.stringify(error))}\n`;
}

function paint(colour: number, text: string): string {
  return text === '' ? '' : `\u001b[${colour}m${text}\u001b[0m`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEntry = typeof value === 'object' && value !== null && 'time' in value;
    return isEntry ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
