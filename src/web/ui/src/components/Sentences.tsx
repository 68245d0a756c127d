import type { Mode, Sentence } from '../api/types';
import type { Turn } from '../state/turn';
import { Chips } from './Chip';

/** Evidence stands sentence by sentence; what a model wrote flows until it begins a new paragraph. */
function paragraphs(sentences: Sentence[], mode: Mode | null): Sentence[][] {
  const out: Sentence[][] = [];
  let broken = true;
  for (const sentence of sentences) {
    if (mode !== 'generate' || broken || /^\s*(\n|[-*] )/.test(sentence.text)) out.push([]);
    out[out.length - 1].push(sentence);
    broken = /\n\s*$/.test(sentence.text);
  }
  return out;
}

function SentenceView({ turn, sentence }: { turn: Turn; sentence: Sentence }) {
  const unsupported = sentence.flag === 'unsupported';
  return (
    <span class={unsupported ? 'sentence unsupported' : 'sentence'}>
      {sentence.text.trim()}
      <Chips turn={turn} of={sentence.citations} />
      {unsupported && <small> no source says this</small>}{' '}
    </span>
  );
}

export function Sentences({ turn }: { turn: Turn }) {
  return (
    <>
      {paragraphs(turn.sentences.value, turn.mode.value).map((paragraph, i) => (
        <p key={i}>
          {paragraph.map((sentence, j) => (
            <SentenceView key={j} turn={turn} sentence={sentence} />
          ))}
        </p>
      ))}
    </>
  );
}
