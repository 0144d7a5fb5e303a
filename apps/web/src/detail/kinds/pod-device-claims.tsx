import type { AnyObject } from '../any-object.ts'
import { ObjectRef } from './object-ref.tsx'

/** What a pod calls its claims to devices, each leading to the claim, or to the template while it is not made yet. */
export function PodDeviceClaims({ pod: { metadata, spec, status } }: { pod: AnyObject }) {
  const { namespace } = metadata
  return (
    <ul>
      {spec?.resourceClaims?.map(({ name, resourceClaimName, resourceClaimTemplateName }) => {
        const made = status?.resourceClaimStatuses?.find((entry) => entry.name === name)
        const claim = resourceClaimName ?? made?.resourceClaimName
        return (
          <li key={name}>
            {name}:{' '}
            {claim ? (
              <ObjectRef resource="resourceclaims.resource.k8s.io" namespace={namespace} name={claim} />
            ) : made ? (
              'needs none'
            ) : (
              <>
                to be made of{' '}
                <ObjectRef resource="resourceclaimtemplates.resource.k8s.io" namespace={namespace} name={resourceClaimTemplateName ?? ''} />
              </>
            )}
          </li>
        )
      })}
    </ul>
  )
}
