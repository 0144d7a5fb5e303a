import { after } from 'node:test'

import { startProduct, type Product, type ProductOptions } from '@quarterdeck/testing'

import { kubectlFor, type Kubectl } from './kubectl.ts'

/** The product, started for the tests of one file and removed after them, and a kubectl for it. */
export async function startCluster(options?: ProductOptions): Promise<{ product: Product; kubectl: Kubectl }> {
  const product = await startProduct(options)
  after(() => product.destroy())
  return { product, kubectl: kubectlFor(product.kubeconfig) }
}
