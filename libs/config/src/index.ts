export { loadConfig, type LoadConfigOptions } from './load-config.js';
export { type Config } from './config.js';
export { ConfigError } from './config.error.js';
export { secretValues } from './secret-values.js';
export { isLoopback, type ProcessRole, type Shape } from './rules.js';
export { ROLES, type ApiKey, type Role } from './api-keys.js';
export { LOG_LEVELS } from './environment.js';
