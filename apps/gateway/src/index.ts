export { configureGateway, startGateway } from './configure-gateway.js';
export { GatewayModule } from './gateway.module.js';
export {
  GATEWAY_DEPENDENCIES,
  type GatewayDependencies,
  type GatewayLog,
} from './gateway-dependencies.js';
