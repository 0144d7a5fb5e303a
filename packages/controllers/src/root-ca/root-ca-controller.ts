import { configMaps, namespaces, type ConfigMap } from '@quarterdeck/api'
import { isApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  defineController,
  done,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { isNamespaceTerminating } from '../pods/change-pods.ts'

const configMapName = 'kube-root-ca.crt'
const descriptionAnnotation = 'kubernetes.io/description'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Keeps the ConfigMap with the certificate by which Pods know the API server in every Namespace. `caCertificate` is PEM. */
export function createRootCaController(caCertificate: string): Controller {
  return defineController({
    name: 'root-ca-certificate-publisher',
    component: 'root-ca-cert-publisher',
    primary: namespaces,
    watches: [
      watch(configMaps, ({ object }) =>
        object.metadata.name === configMapName ? [{ namespace: '', name: object.metadata.namespace }] : [],
      ),
    ],
    writes: [configMaps],
    reconcile: (key, ctx) => reconcile(key, ctx, caCertificate),
  })
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, caCertificate: string): Promise<ReconcileResult> {
  const namespace = ctx.cache(namespaces).get(key)
  if (!namespace || namespace.metadata.deletionTimestamp) return done
  const target = { namespace: key.name, name: configMapName }
  const data = { 'ca.crt': caCertificate }
  const current = ctx.cache(configMaps).get(target)
  if (current) {
    if (!holds(current, caCertificate)) await ctx.client.update(configMaps, { ...current, data })
    return done
  }
  try {
    await ctx.client.create(configMaps, { metadata: { ...target, annotations: { [descriptionAnnotation]: description } }, data })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
  return done
}

function holds({ data = {} }: ConfigMap, caCertificate: string): boolean {
  return Object.keys(data).length === 1 && data['ca.crt'] === caCertificate
}
