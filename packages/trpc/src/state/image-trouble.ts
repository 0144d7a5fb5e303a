import type { State } from './state.ts'

/** Why a container waits for its image, as the kubelet names it. */
export const imageReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])

/** What registries and runtimes say, most telling first. */
const causes: readonly { says: RegExp; text: string; cause: (image: string) => string }[] = [
  {
    says: /manifest unknown|name unknown|manifest for .* not found|repository .* not found|: not found|\b404\b/i,
    text: 'Image not found',
    cause: (image) => `the registry has no image ${image}`,
  },
  {
    says: /unauthorized|authentication required|no basic auth|access denied|denied:|forbidden|\b40[13]\b/i,
    text: 'Image access denied',
    cause: (image) => `the registry refuses access to ${image}: it may not exist, or an imagePullSecret is missing`,
  },
  {
    says: /toomanyrequests|rate limit|\b429\b/i,
    text: 'Registry limit',
    cause: (image) => `the registry limits how often ${image} is pulled`,
  },
  {
    says: /no such host|connection refused|i\/o timeout|timeout|deadline exceeded|network is unreachable|no route to host|EOF/i,
    text: 'Registry unreachable',
    cause: (image) => `the registry of ${image} does not answer`,
  },
  {
    says: /x509|certificate|tls:|HTTP response to HTTPS/i,
    text: 'Registry not trusted',
    cause: (image) => `the registry of ${image} can’t be trusted`,
  },
  { says: /no space left/i, text: 'No disk space', cause: (image) => `the node has no disk space left for ${image}` },
  {
    says: /no matching manifest|no match for platform/i,
    text: 'Wrong platform',
    cause: (image) => `${image} is not made for the platform of the node`,
  },
]

/** Why an image can't be had. */
export function imageTrouble(
  image: string,
  { reason, message = '' }: { reason?: string | undefined; message?: string | undefined },
): State {
  const detail = message || undefined
  if (reason === 'ErrImageNeverPull')
    return { text: 'Image not on node', tone: 'bad', reason: `${image} is not on the node, and imagePullPolicy is Never`, detail }
  if (reason === 'InvalidImageName') return { text: 'Invalid image name', tone: 'bad', reason: `${image} is not an image name`, detail }
  const known = causes.find(({ says }) => says.test(withoutName(message, image)))
  if (known) return { text: known.text, tone: 'bad', reason: known.cause(image), detail }
  return { text: 'Image can’t be pulled', tone: 'bad', reason: `${image} can’t be pulled`, detail }
}

/** An image that is called `not-found:404` says nothing about why. */
function withoutName(message: string, image: string): string {
  return image
    ? message.replaceAll(new RegExp(`(?<![\\w.-])${image.replaceAll(/\W/g, String.raw`\$&`)}(?![\\w.-])`, 'g'), 'image')
    : message
}
