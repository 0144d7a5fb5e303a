import { expect, test } from '@playwright/test'

import { signIn, upload } from './pages.ts'
import { namespaceManifest } from './workload-manifests.ts'

const namespace = `scheduling-${Date.now().toString(36)}`

const hungryPod = `apiVersion: v1
kind: Pod
metadata:
  name: hungry
  namespace: ${namespace}
spec:
  containers:
    - name: main
      image: quarterdeck/busybox:latest
      resources:
        requests:
          cpu: "1000"
`

test('[DB11] a pod that fits nowhere says on its page what would help, and why of every node', async ({ page }) => {
  await signIn(page)
  await upload(page, { 'namespace.yaml': namespaceManifest(namespace), 'hungry.yaml': hungryPod })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(page.getByRole('heading', { name: /^Applied/ })).toBeVisible()
  await page.goto(`/pods/${namespace}/hungry`)
  await expect(page.getByRole('heading', { name: 'Why it waits for a node' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('list', { name: 'What would help' })).toContainText(/Lower the Pod's cpu request from 1000 to \d+/)
  await expect(page.getByRole('list', { name: 'What would help' })).toContainText(/Add a node like .*, but with .* cpu/)
  await expect(page.getByRole('list', { name: 'Reasons' })).toContainText('Insufficient cpu')
  const nodes = page.getByRole('list', { name: 'Nodes', exact: true })
  await expect(nodes).toContainText(/needs 1000 CPU; [\d.]+ CPU free of [\d.]+ CPU/)
  await page.getByRole('textbox', { name: 'Search nodes' }).fill('no-node-is-called-so')
  await expect(nodes).toContainText('No node fits the search.')
  await page.goto(`/namespaces/${namespace}`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
})

test('[DB12] what a drain would do is asked from the node, answered, and not done', async ({ page }) => {
  await signIn(page)
  await page.goto('/nodes')
  await page.getByRole('row').nth(1).getByRole('link').first().click()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'What if…' }).click()
  await expect(page.getByRole('list', { name: 'Steps' })).toContainText(/^1Drain node /)
  await expect(page.getByRole('region', { name: 'Answer' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('region', { name: 'Use of nodes' })).toContainText('cordoned')
  const [, node = ''] = /Drain node (\S+)/.exec((await page.getByRole('list', { name: 'Steps' }).textContent()) ?? '') ?? []
  await page.goto(`/nodes/${node}`)
  await expect(page.getByRole('button', { name: 'Cordon' }), 'it was not cordoned').toBeVisible()
})
