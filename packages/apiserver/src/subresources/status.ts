import type { Subresource } from '../endpoints/endpoint.ts'
import { mainEndpoints } from '../endpoints/main-endpoints.ts'

const { get, patch, update } = mainEndpoints

/** What controllers and nodes report of an object, written apart from what is asked of it. */
export const status: Subresource = { name: 'status', isOf: (kind) => kind.hasStatus, endpoints: { get, patch, update } }
