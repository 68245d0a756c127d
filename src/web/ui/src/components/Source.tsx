import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { day } from '../lib/format';
import { announce } from '../state/announce';
import { pane, showPane } from '../state/pane';
import { sourceHref } from '../state/route';
import {
  current, openPlain, opened, shown, shownSpan, sourceProblem, stepCitation, wanted,
} from '../state/source';
import { turns } from '../state/thread';
import { Icon } from './Icon';
import { ProblemNote } from './ProblemNote';
import { SourceBlocks } from './SourceBlocks';

function Steps() {
  const at = current.value;
  if (!at) return null;
  const numbers = at.turn.citations.value.map((citation) => citation.n).sort((a, b) => a - b);
  const page = at.turn.citation(at.n)?.page;
  return (
    <>
      {page && <span>page {page}</span>}
      <span class="steps">
        <button type="button" class="icon-button" aria-label="Previous citation" onClick={() => stepCitation(turns.value, -1)}>
          <Icon name="previous" />
        </button>
        citation {numbers.indexOf(at.n) + 1} of {numbers.length}
        <button type="button" class="icon-button" aria-label="Next citation" onClick={() => stepCitation(turns.value, 1)}>
          <Icon name="next" />
        </button>
      </span>
    </>
  );
}

function CopyLink() {
  const said = useSignal('Copy link');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(
        location.origin + location.pathname + sourceHref(wanted.value!),
      );
      said.value = 'Copied';
    } catch {
      said.value = 'The browser refused';
    }
    announce(said.value);
    setTimeout(() => (said.value = 'Copy link'), 1600);
  };
  return (
    <button type="button" class="plain" onClick={copy}>
      {said.value}
    </button>
  );
}

function Head() {
  const found = shown.value;
  const document = found?.document ?? wanted.value?.document ?? '';
  const web = /^https?:\/\//.test(found?.uri ?? '');
  return (
    <header>
      <button type="button" class="icon-button only-phone" aria-label="Back to the answer" onClick={() => showPane('thread')}>
        <Icon name="back" />
      </button>
      <div class="about-source">
        <h2>{found?.title ?? document}</h2>
        <p>
          <span>{document}</span>
          {found && <span>version of {day(found.ingested_at)}</span>}
          <Steps />
          {web ? (
            <a href={found!.uri} target="_blank" rel="noopener noreferrer">
              Open the original
            </a>
          ) : null}
          {found && <CopyLink />}
        </p>
      </div>
    </header>
  );
}

function Changed() {
  const found = shown.value;
  if (!found || found.current) return null;
  return (
    <p class="changed">
      This source has changed since. You are reading the version that was cited.{' '}
      <button type="button" class="plain" onClick={() => openPlain({ document: found.document })}>
        Show the newest
      </button>
    </p>
  );
}

function Nothing() {
  return (
    <div class="nothing">
      <Icon name="page" />
      <p>The source of each sentence opens here, at the very words.</p>
    </div>
  );
}

/** The source, open at the cited span and set as the document it is. */
export function Source() {
  const scroller = useRef<HTMLDivElement>(null);
  const found = shown.value;
  const span = shownSpan.value;
  const times = opened.value;
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || times === 0) return;
    const mark = box.querySelector('mark');
    if (mark) mark.scrollIntoView({ block: 'center', inline: 'nearest' });
    else box.scrollTop = 0;
  }, [times, found, pane.value]);
  return (
    <aside aria-label="Source" data-shown={pane.value === 'source' || undefined}>
      {wanted.value ? <Head /> : null}
      <div class="doc" ref={scroller} tabIndex={0} role="region" aria-label="The document">
        {sourceProblem.value && <ProblemNote problem={sourceProblem.value} />}
        <Changed />
        {found && (
          <article key={`${found.document}@${found.version}`} dir="auto">
            <SourceBlocks document={found} mark={span} />
          </article>
        )}
        {!wanted.value && <Nothing />}
      </div>
    </aside>
  );
}
