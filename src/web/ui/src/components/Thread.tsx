import { useLayoutEffect, useRef } from 'preact/hooks';
import { conversation, loadingThread, runningTurn, threadProblem, turns } from '../state/thread';
import { Empty } from './Empty';
import { ProblemNote } from './ProblemNote';
import { TurnView } from './TurnView';

const kAtEndPx = 90;
/** What an ended answer may still add below itself and be followed: its cost, its actions. */
const kSettleMs = 600;

/** While an answer grows and the end is in sight, it stays in sight; scrolling up lets go of it. */
function useFollowEnd(count: number, id: string | undefined) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const held = useRef(true);
  const before = useRef<{ id?: string; count: number }>({ count: 0 });
  const lastRunning = useRef(-kSettleMs);
  if (runningTurn.value) lastRunning.current = Infinity;
  else if (lastRunning.current === Infinity) lastRunning.current = performance.now();

  useLayoutEffect(() => {
    const scroller = box.current!;
    const onScroll = () => {
      held.current =
        scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < kAtEndPx;
    };
    const grown = new ResizeObserver(() => {
      const moving = performance.now() - lastRunning.current < kSettleMs;
      if (held.current && moving) scroller.scrollTop = scroller.scrollHeight;
    });
    grown.observe(inner.current!);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      grown.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, []);

  useLayoutEffect(() => {
    const last = before.current;
    before.current = { id, count };
    if (count === 0) return;
    held.current = true;
    // A new question comes to the end; an opened conversation starts at its last question.
    const asked = count === last.count + 1;
    const opened = !asked && count !== last.count;
    if (asked || opened)
      inner.current?.lastElementChild?.scrollIntoView({ block: asked ? 'end' : 'start' });
  }, [count, id]);

  return { box, inner };
}

export function Thread() {
  const all = turns.value;
  const { box, inner } = useFollowEnd(all.length, conversation.value?.id);
  const empty = all.length === 0 && !loadingThread.value && !threadProblem.value;
  return (
    <div
      class="thread"
      ref={box}
      role="log"
      aria-live="off"
      aria-label="Questions and answers"
      aria-busy={runningTurn.value !== undefined}
      tabIndex={0}
    >
      <div class="turns" ref={inner}>
        {threadProblem.value && <ProblemNote problem={threadProblem.value} />}
        {empty && <Empty />}
        {all.map((turn) => (
          <TurnView key={turn.id} turn={turn} />
        ))}
      </div>
    </div>
  );
}
