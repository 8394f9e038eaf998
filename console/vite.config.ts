import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A relative gateway for `npm run dev`: start the platform with ./moa up, then open the address vite prints.
const gateway = process.env['MOA_GATEWAY'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': gateway, '/http': gateway, '/console': gateway } },
  build: {
    outDir: process.env['MOA_CONSOLE_OUT'] ?? 'target/classes/META-INF/resources/console',
    emptyOutDir: true,
    target: 'es2022',
    // the page's policy is "only from this address": nothing is inlined as a data: address
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
