import { chromium, type Page } from 'playwright-core'
const base = process.env.BASE ?? 'http://127.0.0.1:3100'
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  ),
})
const [, , out, path, size = '1280x800', theme = 'light', script = ''] = process.argv
const [width, height] = size.split('x').map(Number)
const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme as 'light', ignoreHTTPSErrors: true })
const page = await context.newPage()
page.on('console', (m) => {
  if (m.type() === 'error') console.log('CONSOLE', m.text().slice(0, 500))
})
page.on('pageerror', (e) => console.log('PAGEERROR', e.message.slice(0, 800)))
const r = await context.request.post(base + '/api/trpc/session.signIn', {
  data: { userName: 'admin', password: process.env.PASSWORD ?? 'admin' },
  headers: { origin: base },
})
if (!r.ok()) console.log('signin', r.status(), (await r.text()).slice(0, 300))
await page.goto(base + path)
await page.waitForTimeout(1800)
if (script) {
  await new Function('page', `return (async () => { ${script} })()`)(page)
  await page.waitForTimeout(900)
}
await page.screenshot({ path: out })
await browser.close()
