import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { asProblem, documentPath, get, remove } from '../api/client';
import type { DocumentRow, Problem } from '../api/types';
import { bytes, count, day, title } from '../lib/format';
import { announce } from '../state/announce';
import { baseNamed, refreshBases } from '../state/catalog';
import { sourceHref } from '../state/route';
import { openPlain } from '../state/source';
import { Icon } from './Icon';
import { ProblemNote } from './ProblemNote';

const kPage = 200;

function Row({ row, onDeleted }: { row: DocumentRow; onDeleted: () => void }) {
  const asking = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  const { document, version } = row;
  const erase = async () => {
    try {
      await remove(documentPath(document));
      announce(`${row.title} was deleted.`);
      onDeleted();
    } catch (error) {
      problem.value = asProblem(error);
      asking.value = false;
    }
  };
  return (
    <tr>
      <th scope="row">
        <a
          href={sourceHref({ document, version })}
          onClick={(event) => {
            event.preventDefault();
            openPlain({ document, version });
          }}
        >
          {row.title || document}
        </a>
        <span class="soft">{document.slice(document.indexOf('/') + 1)}</span>
        {problem.value && <ProblemNote problem={problem.value} />}
      </th>
      <td>{row.kind}</td>
      <td class="n">{bytes(row.bytes)}</td>
      <td class="n">{day(row.ingested_at)}</td>
      <td class="n act">
        {asking.value ? (
          <>
            <button type="button" class="plain bad" ref={(button) => button?.focus()} onClick={erase}>
              Delete
            </button>{' '}
            <button type="button" class="plain" onClick={() => (asking.value = false)}>
              Keep
            </button>
          </>
        ) : (
          <button type="button" class="icon-button" aria-label={`Delete ${row.title || document}`} onClick={() => (asking.value = true)}>
            <Icon name="bin" />
          </button>
        )}
      </td>
    </tr>
  );
}

/** The documents of a base. */
export function Documents({ base }: { base: string }) {
  const rows = useSignal<DocumentRow[]>([]);
  const total = useSignal<number | null>(null);
  const problem = useSignal<Problem | null>(null);
  const filter = useSignal('');
  const known = baseNamed(base)?.documents;

  const load = async (offset: number) => {
    try {
      const path = `/bases/${encodeURIComponent(base)}/documents?offset=${offset}&limit=${kPage}`;
      const found = await get<{ total: number; documents: DocumentRow[] }>(path);
      rows.value = [...rows.value.slice(0, offset), ...found.documents];
      total.value = found.total;
      problem.value = null;
    } catch (error) {
      problem.value = asProblem(error);
    }
  };
  useEffect(() => void load(0), [base, known]);

  const words = filter.value.trim().toLowerCase();
  const shown = words
    ? rows.value.filter((row) => `${row.title} ${row.document}`.toLowerCase().includes(words))
    : rows.value;
  return (
    <div class="thread documents" tabIndex={0} role="region" aria-label={`Documents of ${title(base)}`}>
      <div class="turns">
        <h2 class="q">{title(base)}</h2>
        <p class="kind">
          {total.value !== null && count(total.value, 'document')}
          {baseNamed(base)?.sources?.length ? ` from ${baseNamed(base)!.sources!.join(', ')}` : ''}
        </p>
        {baseNamed(base)?.about && <p class="about">{baseNamed(base)!.about}</p>}
        {problem.value && <ProblemNote problem={problem.value} />}
        {rows.value.length > 8 && (
          <input
            type="search"
            class="filter"
            aria-label="Filter by name"
            placeholder="Filter by name"
            value={filter.value}
            onInput={({ currentTarget }) => (filter.value = currentTarget.value)}
          />
        )}
        {shown.length > 0 && (
          <div class="table-scroll">
            <table class="list">
              <thead>
                <tr>
                  <th scope="col">Document</th>
                  <th scope="col">Kind</th>
                  <th scope="col" class="n">Size</th>
                  <th scope="col" class="n">Version of</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {shown.map((row) => (
                  <Row
                    key={row.document}
                    row={row}
                    onDeleted={() => {
                      rows.value = rows.value.filter((other) => other !== row);
                      total.value = (total.value ?? 1) - 1;
                      void refreshBases().catch(() => undefined);
                    }}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {total.value === 0 && <p class="about">Nothing here yet: drop files onto this page.</p>}
        {total.value !== null && rows.value.length < total.value && (
          <button type="button" class="plain more" onClick={() => void load(rows.value.length)}>
            Show more
          </button>
        )}
      </div>
    </div>
  );
}
