/** An error with the HTTP status to answer with. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const notFound = (message) => new HttpError(404, message);
export const badRequest = (message) => new HttpError(400, message);
