export {
  connectTunnel,
  type ConnectTunnelOptions,
  type TunnelCredentials,
  type TunnelHandler,
  type TunnelRequest,
  type TunnelResponse,
} from './tunnel-client.ts'
export { createTunnelHub, type NodeRequest, type NodeResponse, type NodeStream, type TunnelHub } from './tunnel-hub.ts'
