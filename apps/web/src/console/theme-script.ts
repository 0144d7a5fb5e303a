/** Where the choice of theme is kept: `light`, `dark`, or nothing for the system's. */
export const themeKey = 'quarterdeck.theme'

/** Runs before the first paint, so that nothing flashes. */
export const themeScript = `(() => { let t; try { t = localStorage.getItem('${themeKey}') } catch {} document.documentElement.dataset.theme = t === 'light' || t === 'dark' ? t : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light' })()`
