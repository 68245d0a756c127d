import type { Span } from '../api/types';
import { cutAt } from '../lib/document';

/** A stretch of the document's text, with the cited part of it marked. */
export function Marked({ text, span, mark }: { text: string; span: Span; mark: Span | null }) {
  const cut = cutAt(span, mark);
  if (!cut) return <>{text.slice(span.start, span.end)}</>;
  const [before, marked, after] = cut;
  return (
    <>
      {text.slice(before.start, before.end)}
      <mark>{text.slice(marked.start, marked.end)}</mark>
      {text.slice(after.start, after.end)}
    </>
  );
}
