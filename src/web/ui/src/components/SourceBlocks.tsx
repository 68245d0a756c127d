import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Block, Span } from '../api/types';
import { groupBlocks, overlaps, withCited, type Group, type LoadedDocument } from '../lib/document';
import { Marked } from './Marked';
import { SourceTable } from './SourceTable';

/** Groups drawn about the cited one; more on request, so that a book opens at once. */
const kBefore = 120;
const kAfter = 200;

function Heading({ level, children }: { level: number; children: ComponentChildren }) {
  if (level <= 1) return <h3 class="top">{children}</h3>;
  if (level === 2) return <h3>{children}</h3>;
  return level === 3 ? <h4>{children}</h4> : <h5>{children}</h5>;
}

function BlockView({ text, block, mark }: { text: string; block: Block; mark: Span | null }) {
  const words = <Marked text={text} span={block} mark={mark} />;
  switch (block.kind) {
    case 'heading':
      return <Heading level={block.level ?? 2}>{words}</Heading>;
    case 'table':
      if (block.table) return <SourceTable text={text} block={block} mark={mark} />;
      return <pre tabIndex={0}>{words}</pre>;
    case 'code':
      return <pre tabIndex={0}>{words}</pre>;
    case 'caption':
      return <p class="caption">{words}</p>;
    case 'page_break':
      return <p class="page-break">{block.page ? `Page ${block.page}` : ''}</p>;
    default:
      return <p>{words}</p>;
  }
}

function GroupView({ text, group, mark }: { text: string; group: Group; mark: Span | null }) {
  if ('block' in group) return <BlockView text={text} block={group.block} mark={mark} />;
  return (
    <ul>
      {group.list.map((item) => (
        <li key={item.start} class={`depth-${Math.min(item.level ?? 1, 4)}`}>
          <Marked text={text} span={item} mark={mark} />
        </li>
      ))}
    </ul>
  );
}

function holds(group: Group, mark: Span): boolean {
  return 'block' in group ? overlaps(group.block, mark) : group.list.some((item) => overlaps(item, mark));
}

/** The pane's head says the title: a first heading that says it again is left out, unless cited. */
function withoutTitle({ blocks, text, title }: LoadedDocument, mark: Span | null): Block[] {
  const [first, ...rest] = blocks;
  const repeated = first?.kind === 'heading' && text.slice(first.start, first.end).trim() === title;
  return repeated && !(mark && overlaps(first, mark)) && rest.length > 0 ? rest : blocks;
}

export function SourceBlocks({ document, mark }: { document: LoadedDocument; mark: Span | null }) {
  const { text } = document;
  const groups = useMemo(
    () => groupBlocks(withCited(withoutTitle(document, mark), mark, text.length)),
    [document, mark?.start, mark?.end],
  );
  const more = useSignal({ before: kBefore, after: kAfter });
  const cited = mark ? Math.max(0, groups.findIndex((group) => holds(group, mark))) : 0;
  const from = Math.max(0, cited - more.value.before);
  const to = Math.min(groups.length, cited + more.value.after);
  return (
    <>
      {from > 0 && (
        <button type="button" class="plain more" onClick={() => (more.value = { ...more.value, before: more.value.before + 400 })}>
          Show what stands before
        </button>
      )}
      {groups.slice(from, to).map((group, i) => (
        <GroupView key={from + i} text={text} group={group} mark={mark} />
      ))}
      {to < groups.length && (
        <button type="button" class="plain more" onClick={() => (more.value = { ...more.value, after: more.value.after + 400 })}>
          Show what follows
        </button>
      )}
    </>
  );
}
