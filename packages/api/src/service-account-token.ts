/** Secrets that hold a token which lives as long as they and their account do. */
export const tokenSecretType = 'kubernetes.io/service-account-token'

/** On such a Secret: whose token it holds. */
export const accountNameAnnotation = 'kubernetes.io/service-account.name'
export const accountUidAnnotation = 'kubernetes.io/service-account.uid'

/** On such a Secret: the day (`2026-01-31`, UTC) its token last opened the door, and the day since when it opens it no more. */
export const tokenLastUsedLabel = 'kubernetes.io/legacy-token-last-used'
export const tokenInvalidSinceLabel = 'kubernetes.io/legacy-token-invalid-since'

/** A ConfigMap of kube-system: its data.since is the day from which uses of tokens are noted. */
export const tokenTrackingConfigMap = 'kube-apiserver-legacy-service-account-token-tracking'

/** A day as these labels write it. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
