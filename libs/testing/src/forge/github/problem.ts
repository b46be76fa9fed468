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
