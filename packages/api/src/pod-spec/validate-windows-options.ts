import { dns1123SubdomainErrors, invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PodSpec, V1WindowsSecurityContextOptions } from '../generated/types.ts'
import { containersOf } from './containers-of.ts'

const maxCredentialKiB = 64
const maxDomainChars = 256
const maxUserChars = 104
const controlCharacter = /\p{Cc}/u
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
/** What is longer is no name: the expression needs stack for each label. */
const longestChecked = 1024
const dnsName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

export function validateWindowsOptions(options: V1WindowsSecurityContextOptions | undefined, path: string): FieldError[] {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: credential, runAsUserName } = options ?? {}
  const errors: FieldError[] = []
  if (name !== undefined) errors.push(...dns1123SubdomainErrors(name).map((m) => invalidField(`${path}.gmsaCredentialSpecName`, name, m)))
  if (credential === '') errors.push(invalidField(`${path}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string'))
  if (Buffer.byteLength(credential ?? '') > maxCredentialKiB * 1024)
    errors.push(invalidField(`${path}.gmsaCredentialSpec`, credential, `gmsaCredentialSpec size must be under ${maxCredentialKiB} KiB`))
  if (runAsUserName !== undefined)
    errors.push(...userNameProblems(runAsUserName).map((m) => invalidField(`${path}.runAsUserName`, runAsUserName, `runAsUserName${m}`)))
  return errors
}

/** What is wrong with a user, or with `domain\user`. */
function userNameProblems(text: string): string[] {
  if (!text) return [' cannot be an empty string']
  if (controlCharacter.test(text)) return [' cannot contain control characters']
  const parts = text.split('\\')
  if (parts.length > 2) return [' cannot contain more than one backslash']
  const user = parts.at(-1) ?? ''
  const domain = parts.length > 1 ? parts[0] : undefined
  const problems: string[] = []
  if ((domain ?? '').length >= maxDomainChars) problems.push(`'s Domain length must be under ${maxDomainChars} characters`)
  if (domain !== undefined && !netBiosName.test(domain) && !(domain.length <= longestChecked && dnsName.test(domain)))
    problems.push("'s Domain doesn't match the NetBios nor the DNS format")
  if (!user) problems.push("'s User cannot be empty")
  if (user.length > maxUserChars) problems.push(`'s User length must not be longer than ${maxUserChars} characters`)
  if (/^[. ]+$/.test(user)) problems.push("'s User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) problems.push(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  return problems
}

/** Of a pod on Windows, either all containers are processes of the host or none is. */
export function validateHostProcesses(spec: V1PodSpec, field: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const containers = containersOf(spec, field)
  const errors: FieldError[] = []
  let hostProcesses = 0
  for (const { container, path } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess
    if (own ?? ofPod) hostProcesses++
    if (ofPod !== undefined && own !== undefined && own !== ofPod)
      errors.push(
        invalidField(
          `${path}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      )
  }
  if (hostProcesses === 0) return errors
  if (hostProcesses !== containers.length)
    errors.push(invalidField(field, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'))
  if (!spec.hostNetwork)
    errors.push(invalidField(`${field}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'))
  return errors
}
