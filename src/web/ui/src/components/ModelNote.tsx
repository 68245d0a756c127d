import { useSignal } from '@preact/signals';
import { asProblem } from '../api/client';
import type { Found, Problem, Status } from '../api/types';
import { selfTestModel } from '../state/catalog';
import { base, kEvidence, taken, takeFound, writer } from '../state/choice';
import { ProblemNote } from './ProblemNote';

const kReplacement = 'models: {chat: {path: models/your.gguf, kind: chat}}';

function WhoAnswers() {
  if (base.value && writer.value === kEvidence)
    return (
      <p>
        <b>Evidence mode.</b> Answers are sentences of the sources, word for word.
      </p>
    );
  return (
    <p>
      <b>{writer.value || 'No model'}</b>{' '}
      {base.value ? 'writes from numbered sentences of the sources.' : 'answers from memory, without sources.'}
    </p>
  );
}

function Offer({ found }: { found: Found }) {
  const model = useSignal(found.models?.[0] ?? '');
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);
  if (taken.value[found.provider]) return null;
  const take = async () => {
    busy.value = true;
    try {
      await takeFound(found, model.value || undefined);
    } catch (error) {
      problem.value = asProblem(error);
    }
    busy.value = false;
  };
  const models = found.models ?? [];
  return (
    <li>
      <span>
        {found.name}
        {models.length === 1 && ` (${models[0]})`}
        {found.kind === 'key' && ` (${found.env})`}
      </span>
      {models.length > 1 && (
        <select
          aria-label={`Model of ${found.name}`}
          value={model.value}
          onChange={({ currentTarget: { value } }) => (model.value = value)}
        >
          {models.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <button type="button" class="plain" disabled={busy.value} onClick={take}>
        Write it up with {found.name}
      </button>
      {problem.value && <ProblemNote problem={problem.value} />}
    </li>
  );
}

/** The truth about the model in use, and what else was found; nothing is sent before a choice. */
export function ModelNote({ status }: { status: Status }) {
  const offers = status.found.filter((found) => !taken.value[found.provider]);
  return (
    <div class="foot">
      <WhoAnswers />
      {!status.ready && <p>The models are still being loaded; words are found already.</p>}
      {selfTestModel.value && (
        <details>
          <summary>The built-in model is a self-test model</summary>
          <p>
            {selfTestModel.value} is tiny: it shows that everything works, not what is true. One line
            in interposer.yaml replaces it:
          </p>
          <code>{kReplacement}</code>
        </details>
      )}
      {offers.length > 0 && (
        <>
          <p>Found here, nothing sent to {offers.length === 1 ? 'it' : 'them'} yet:</p>
          <ul class="offers">
            {offers.map((found) => (
              <Offer key={found.provider} found={found} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
