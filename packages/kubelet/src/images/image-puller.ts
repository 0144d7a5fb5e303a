import type { Pod, Secret, V1Container } from '@quarterdeck/api'
import type { Clock } from '@quarterdeck/controller-runtime'
import { type ContainerRuntime, type ImageDetail, isRuntimeError } from '@quarterdeck/runtime'

import { ContainerWaitError } from '../pods/container-wait-error.ts'

const firstBackoffMs = 10_000
const maxBackoffMs = 300_000

interface PullFailure {
  delayMs: number
  retryAtMs: number
  message: string
}

export interface ImageNeed {
  pod: Pod
  container: V1Container
  /** Read only if there is something to pull. */
  pullSecrets: () => Promise<readonly Secret[]>
  tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void
  signal: AbortSignal
}

export interface ImagePullerOptions {
  runtime: ContainerRuntime
  clock: Clock
  authFor: (image: string, secrets: readonly Secret[]) => Parameters<ContainerRuntime['pullImage']>[1]
}

/** Sees to it that a container's image is on the node, as its pull policy says, backing off from pulls that fail. */
export class ImagePuller {
  readonly #options: ImagePullerOptions
  readonly #failures = new Map<string, PullFailure>()

  constructor(options: ImagePullerOptions) {
    this.#options = options
  }

  /** Rejects with ContainerWaitError, whose reason is the container's. */
  async ensure(need: ImageNeed): Promise<ImageDetail> {
    const image = need.container.image ?? ''
    const policy = need.container.imagePullPolicy ?? (/:(?!latest$)[^/]+$|@/.test(image) ? 'IfNotPresent' : 'Always')
    // Asked for every policy: a name that is none is told before anything is pulled.
    const present = await this.#inspect(image, need)
    if (present && policy !== 'Always') {
      need.tell('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`)
      return present
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`
      need.tell('Warning', 'ErrImageNeverPull', message)
      need.tell('Warning', 'Failed', 'Error: ErrImageNeverPull')
      throw new ContainerWaitError('ErrImageNeverPull', message)
    }
    return this.#pull(image, need)
  }

  forget(podUid: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(`${podUid} `)) this.#failures.delete(key)
  }

  async #pull(image: string, need: ImageNeed): Promise<ImageDetail> {
    const { runtime, clock, authFor } = this.#options
    const key = `${need.pod.metadata.uid} ${image}`
    const failure = this.#failures.get(key)
    if (failure && failure.retryAtMs > clock.now()) {
      need.tell('Normal', 'BackOff', `Back-off pulling image "${image}"`)
      need.tell('Warning', 'Failed', 'Error: ImagePullBackOff')
      throw new ContainerWaitError('ImagePullBackOff', `Back-off pulling image "${image}": ${failure.message}`, failure.retryAtMs)
    }
    need.tell('Normal', 'Pulling', `Pulling image "${image}"`)
    const startedAtMs = clock.now()
    try {
      await runtime.pullImage(image, authFor(image, await need.pullSecrets()), need.signal)
      const pulled = await runtime.inspectImage(image)
      if (!pulled) throw new Error('the image is gone again')
      this.#failures.delete(key)
      const took = `${((clock.now() - startedAtMs) / 1000).toFixed(3)}s`
      need.tell(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.sizeBytes} bytes.`,
      )
      return pulled
    } catch (error) {
      throw this.#failed(key, { image, need, failure, error })
    }
  }

  #failed(key: string, context: { image: string; need: ImageNeed; failure: PullFailure | undefined; error: unknown }): ContainerWaitError {
    const { image, need, failure, error } = context
    if (isRuntimeError(error, 'InvalidImageName')) return invalidName(image, need, error.message)
    const message = `failed to pull image "${image}": ${(error as Error).message}`
    const delayMs = Math.min(maxBackoffMs, failure ? failure.delayMs * 2 : firstBackoffMs)
    const retryAtMs = this.#options.clock.now() + delayMs
    this.#failures.set(key, { delayMs, retryAtMs, message: `ErrImagePull: ${message}` })
    need.tell('Warning', 'Failed', `Failed to pull image "${image}": ${(error as Error).message}`)
    need.tell('Warning', 'Failed', 'Error: ErrImagePull')
    // Looked at again soon, so that the state says that it backs off; pulled again only when that is over.
    return new ContainerWaitError('ErrImagePull', message, this.#options.clock.now() + Math.min(delayMs, firstBackoffMs))
  }

  async #inspect(image: string, need: ImageNeed): Promise<ImageDetail | undefined> {
    try {
      return await this.#options.runtime.inspectImage(image)
    } catch (error) {
      if (isRuntimeError(error, 'InvalidImageName')) throw invalidName(image, need, error.message)
      throw error
    }
  }
}

function invalidName(image: string, need: ImageNeed, why: string): ContainerWaitError {
  const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${why}`
  need.tell('Warning', 'InspectFailed', message)
  need.tell('Warning', 'Failed', 'Error: InvalidImageName')
  return new ContainerWaitError('InvalidImageName', message)
}
