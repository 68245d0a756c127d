// Writes FILE.br beside every file of dist/ that it makes smaller, prints the sizes, and fails when
// the page's core outgrows its budget. Runs after `vite build`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const kBudgetBytes = 60 * 1024;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

function pack(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

let total = 0;
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  if (file.endsWith('.br')) {
    rmSync(file);
    continue;
  }
  const bytes = readFileSync(file);
  const packed = pack(bytes);
  const smaller = packed.length < bytes.length;
  if (smaller) writeFileSync(`${file}.br`, packed);
  const sent = smaller ? packed.length : bytes.length;
  total += sent;
  const size = `${(bytes.length / 1024).toFixed(1)} KB`.padStart(10);
  console.log(`${relative(dist, file).padEnd(34)}${size}   brotli ${(sent / 1024).toFixed(1)} KB`);
}
console.log(`page: ${(total / 1024).toFixed(1)} KB brotli of ${kBudgetBytes / 1024} KB`);
if (total > kBudgetBytes) {
  console.error('The page is over its budget: load what is not needed at first sight lazily.');
  process.exit(1);
}
