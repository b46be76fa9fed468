import type { Answer } from './answer.js';

/** As both forges have it, in a header of RFC 8288. */
const MAX_PER_PAGE = 100;
/** Fields of GitHub's answers that are lists with something around them. */
const LISTS = ['check_runs', 'statuses'];

/** The page of a list that was asked for, and where the others are; any other answer as it is. */
export function page(answer: Answer, url: URL, perPage: number): Answer {
  const { body } = answer;
  if (answer.status !== 200 || typeof body !== 'object' || body === null) return answer;
  const key = LISTS.find((name) => name in body);
  const list: unknown = Array.isArray(body)
    ? body
    : key === undefined
      ? undefined
      : body[key as never];
  if (!Array.isArray(list)) return answer;
  const size = Math.min(numberOf(url, 'per_page') ?? perPage, MAX_PER_PAGE);
  const number = numberOf(url, 'page') ?? 1;
  const last = Math.max(1, Math.ceil(list.length / size));
  const part: unknown[] = list.slice((number - 1) * size, number * size);
  const link = (to: number, rel: string): string => {
    const there = new URL(url);
    there.searchParams.set('page', String(to));
    return `<${there.href}>; rel="${rel}"`;
  };
  const links =
    number < last
      ? [link(number + 1, 'next'), link(last, 'last')]
      : number > 1
        ? [link(number - 1, 'prev'), link(1, 'first')]
        : [];
  return {
    ...answer,
    body: key === undefined ? part : { ...body, [key]: part },
    headers: { ...answer.headers, ...(links.length === 0 ? {} : { link: links.join(', ') }) },
  };
}

function numberOf(url: URL, name: string): number | undefined {
  const given = Number(url.searchParams.get(name) ?? undefined);
  return Number.isInteger(given) && given > 0 ? given : undefined;
}
