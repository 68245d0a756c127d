import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'es2022',
    // The polyfill is an inline script in disguise; every browser this page supports preloads.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
