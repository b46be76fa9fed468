import { Refusal } from '../answer.js';

/** GitHub's shape of an error. */
export function problem(message: string, errors?: object[]): object {
  return {
    message,
    documentation_url: 'https://docs.github.com/rest',
    ...(errors === undefined ? {} : { errors }),
  };
}

/** 401 as GitHub answers a bad token. */
export function unauthorized(message = 'Bad credentials'): Refusal {
  return new Refusal(401, problem(message));
}

/** 404, also for what the caller may not know of. */
export function notFound(message = 'Not Found'): Refusal {
  return new Refusal(404, problem(message));
}

/** 403 as GitHub answers what a token may not do. */
export function forbidden(message: string): Refusal {
  return new Refusal(403, problem(message));
}
