import { expect, test } from '@playwright/test'

import { removeNamespace, rowOf, signIn, upload } from './pages.ts'
import { namespaceManifest, releaseOf } from './workload-manifests.ts'

const namespace = `causes-${Date.now().toString(36)}`
const missing = 'quarterdeck/not-on-any-node:1'

test('[DB25] [DB27] a rollout whose image is missing says so everywhere, and its log goes on once the image is right', async ({ page }) => {
  await signIn(page)
  const apply = async (files: Readonly<Record<string, string>>): Promise<void> => {
    await upload(page, files)
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await expect(page.getByRole('heading', { name: /^Applied/ })).toBeVisible()
  }
  const right = releaseOf(namespace, 'first').replace('while true', 'echo it runs; while true')
  const wrong = right.replace(/image: \S+/, `image: ${missing}`).replace('IfNotPresent', 'Never')
  await apply({ 'namespace.yaml': namespaceManifest(namespace), 'shop.yaml': wrong })

  await page.goto(`/deployments.apps?q=${namespace}`)
  await expect(rowOf(page, 'shop')).toContainText('Image not on node', { timeout: 60_000 })
  await page.goto(`/deployments.apps/${namespace}/shop?tab=logs`)
  await expect(page.getByRole('group', { name: 'State' })).toContainText(`2 of 2 pods: ${missing} is not on the node`)
  await expect(page.getByRole('list', { name: 'Waiting containers' })).toContainText('Image not on node')

  const other = await page.context().newPage()
  await upload(other, { 'shop.yaml': right })
  await other.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(page.getByRole('log').getByText('it runs').first()).toBeVisible({ timeout: 90_000 })
  await expect(page.locator('header').getByText('Available', { exact: true })).toBeVisible({ timeout: 60_000 })
  await other.close()
  await removeNamespace(page, namespace)
})
