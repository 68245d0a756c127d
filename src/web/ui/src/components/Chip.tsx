import { current, openCitation } from '../state/source';
import { sourceHref } from '../state/route';
import type { Turn } from '../state/turn';
import { hideTip, leaveTip, showTip } from './Tip';

/** Left and right go from chip to chip, over the whole thread. */
function onKeyDown(event: KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const chips = [...document.querySelectorAll<HTMLElement>('.thread .c')];
  const next = chips[chips.indexOf(event.currentTarget as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

export function Chip({ turn, n }: { turn: Turn; n: number }) {
  const citation = turn.citation(n);
  if (!citation) return null;
  const { document, version, start, end } = citation;
  const isCurrent = current.value?.turn === turn && current.value.n === n;
  return (
    <a
      class="c"
      href={sourceHref({ document, version, span: { start, end } })}
      aria-label={`Source ${n}: ${citation.title}`}
      aria-current={isCurrent ? 'true' : undefined}
      aria-describedby="tip"
      data-n={n}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        hideTip();
        openCitation(turn, n);
      }}
      onPointerEnter={(event) => event.pointerType === 'mouse' && showTip(citation, event.currentTarget)}
      onPointerLeave={leaveTip}
      onFocus={(event) => event.currentTarget.matches(':focus-visible') && showTip(citation, event.currentTarget)}
      onBlur={leaveTip}
      onKeyDown={onKeyDown}
    >
      {n}
    </a>
  );
}

export function Chips({ turn, of }: { turn: Turn; of: number[] | undefined }) {
  return (
    <>
      {(of ?? []).map((n) => (
        <Chip key={n} turn={turn} n={n} />
      ))}
    </>
  );
}
