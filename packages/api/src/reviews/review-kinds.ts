import type { ClusterScoped, KubeObject, Namespaced } from '@quarterdeck/api-machinery'

import type {
  V1LocalSubjectAccessReview,
  V1SelfSubjectAccessReview,
  V1SelfSubjectReview,
  V1SelfSubjectRulesReview,
  V1SubjectAccessReview,
  V1TokenReview,
} from '../generated/types.ts'
import { defineKind, type Kind, type KindSpec } from '../kind.ts'

/** A kind that is posted and answered, and never stored. */
function defineReview<T extends KubeObject>(group: string, kind: string, scope: Kind['scope'] = 'Cluster'): Kind<T> {
  const spec: KindSpec<T> = {
    group,
    version: 'v1',
    kind,
    plural: `${kind.toLowerCase()}s`,
    scope,
    model: `V1${kind}`,
    verbs: ['create'],
    columns: [],
  }
  return defineKind<T>(spec)
}

const authentication = 'authentication.k8s.io'
const authorization = 'authorization.k8s.io'

export type TokenReview = ClusterScoped<V1TokenReview, 'spec'>
export type SelfSubjectReview = ClusterScoped<V1SelfSubjectReview>
export type SubjectAccessReview = ClusterScoped<V1SubjectAccessReview, 'spec'>
export type SelfSubjectAccessReview = ClusterScoped<V1SelfSubjectAccessReview, 'spec'>
export type LocalSubjectAccessReview = Namespaced<V1LocalSubjectAccessReview, 'spec'>
export type SelfSubjectRulesReview = ClusterScoped<V1SelfSubjectRulesReview, 'spec'>

export const selfSubjectReviews = defineReview<SelfSubjectReview>(authentication, 'SelfSubjectReview')
export const tokenReviews = defineReview<TokenReview>(authentication, 'TokenReview')
export const localSubjectAccessReviews = defineReview<LocalSubjectAccessReview>(authorization, 'LocalSubjectAccessReview', 'Namespaced')
export const selfSubjectAccessReviews = defineReview<SelfSubjectAccessReview>(authorization, 'SelfSubjectAccessReview')
export const selfSubjectRulesReviews = defineReview<SelfSubjectRulesReview>(authorization, 'SelfSubjectRulesReview')
export const subjectAccessReviews = defineReview<SubjectAccessReview>(authorization, 'SubjectAccessReview')

/** Who am I, may I, whose token is this: in the order of discovery. */
export const reviewKinds: readonly Kind[] = [
  selfSubjectReviews,
  tokenReviews,
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
]
