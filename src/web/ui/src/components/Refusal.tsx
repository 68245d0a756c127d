import { count } from '../lib/format';
import { sourceHref } from '../state/route';
import { openPlain } from '../state/source';
import type { Turn } from '../state/turn';

/** Nothing was found that says it: what was searched, and what came nearest. */
export function Refusal({ turn, reason }: { turn: Turn; reason: string }) {
  const searched = turn.searched.value;
  const nearest = turn.nearest.value;
  return (
    <div class="refuse">
      <p>{reason}</p>
      {searched && (
        <p class="soft">
          Searched: {turn.base ?? 'the sources'}, {count(searched.documents, 'document')}
          {searched.chunks > 0 && `, ${count(searched.chunks, 'passage')}`}.
        </p>
      )}
      {nearest.length > 0 && (
        <>
          <p class="soft">Nearest to the question:</p>
          <ul class="nearest">
            {nearest.map(({ document, version, start, end, title, text }) => (
              <li key={`${document}:${start}`}>
                <a
                  href={sourceHref({ document, version, span: { start, end } })}
                  onClick={(event) => {
                    event.preventDefault();
                    openPlain({ document, version, span: { start, end } });
                  }}
                >
                  {title}
                </a>
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
