import type { Subresource } from '../endpoints/endpoint.ts'
import { binding } from './binding.ts'
import { eviction } from './eviction.ts'
import { finalize } from './finalize.ts'
import { podLog } from './pod-log.ts'
import { attach, exec, portForward } from './pod-session.ts'
import { proxy } from './proxy.ts'
import { scale } from './scale.ts'
import { scheduling } from './scheduling.ts'
import { status } from './status.ts'
import { token } from './token.ts'

/** Every subresource that is served. */
export const subresources: readonly Subresource[] = [
  attach,
  binding,
  eviction,
  exec,
  finalize,
  podLog,
  portForward,
  proxy,
  scale,
  scheduling,
  status,
  token,
]
