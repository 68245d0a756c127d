import { count, title } from '../lib/format';
import { baseNamed } from '../state/catalog';
import { base, writer } from '../state/choice';
import { ask } from '../state/thread';
import { openAddBase } from './AddBase';

/** A base's own words may hold `commands`. */
function Words({ text }: { text: string }) {
  return <>{text.split('`').map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : part))}</>;
}

function WhereFrom({ name }: { name: string }) {
  const found = baseNamed(name);
  if (!found) return null;
  return (
    <>
      <p class="about">
        <Words
          text={found.about ?? `${count(found.documents, 'document')}, ${count(found.chunks, 'passage')}.`}
        />{' '}
        Every sentence of an answer opens the place it stands in.
      </p>
      {found.documents === 0 && (
        <p class="about">It holds no documents yet: drop files onto this page.</p>
      )}
    </>
  );
}

function OwnBase() {
  return (
    <section class="own">
      <h3>Bring your own</h3>
      <p>
        Drop Markdown, text, HTML, PDF or CSV files anywhere onto this page,{' '}
        <button type="button" class="plain" onClick={openAddBase}>
          make a base of a folder
        </button>
        , or in a terminal:
      </p>
      <pre tabIndex={0}>
        <code>interposer ingest ~/papers --base papers</code>
      </pre>
    </section>
  );
}

/** Before the first question: what is here, what one may ask, and how to bring one's own. */
export function Empty() {
  const name = base.value;
  const samples = baseNamed(name)?.samples ?? [];
  return (
    <div class="empty">
      <h2 class="q">{name ? `Ask ${title(name)}` : `Talk to ${writer.value || 'a model'}`}</h2>
      {name ? (
        <WhereFrom name={name} />
      ) : (
        <p class="about">A plain model: it answers from memory, without sources.</p>
      )}
      {samples.length > 0 && (
        <ul class="samples" aria-label="Sample questions">
          {samples.slice(0, 5).map((question) => (
            <li key={question}>
              <button type="button" onClick={() => void ask(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
      <OwnBase />
    </div>
  );
}
