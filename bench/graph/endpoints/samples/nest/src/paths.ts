export const PATHS = { users: 'users', search: 'search' };
export const ID_PARAM = ':id';
