import { title } from '../lib/format';
import { dismissSettled, uploads, type Upload } from '../state/uploads';
import { Icon } from './Icon';

const kWords: Record<string, string> = {
  waiting: 'waiting',
  uploading: 'sending',
  reading: 'reading',
  parsing: 'reading',
  searchable: 'can be asked about',
  embedded: 'ready, by words and by meaning',
  unchanged: 'was here already',
  deleted: 'removed',
};

function Row({ one }: { one: Upload }) {
  const state = one.state.value;
  const share = one.share.value;
  const busy = state === 'uploading' || state === 'reading' || state === 'parsing';
  return (
    <li data-state={state} data-name={one.name}>
      <span class="file">{one.name}</span>
      {state === 'failed' ? (
        <span class="bad">
          {one.reason.value} {one.remedy.value}
        </span>
      ) : (
        <span class="soft">
          {kWords[state]}
          {state === 'uploading' && share > 0 && share < 1 && ` ${Math.round(share * 100)} %`}
        </span>
      )}
      {busy && <progress aria-label={`${one.name}: ${kWords[state]}`} max={1} value={state === 'uploading' ? share : undefined} />}
    </li>
  );
}

/** The files that were dropped, each with how far it is or why it failed. */
export function UploadTray() {
  const all = uploads.value;
  if (all.length === 0) return null;
  const settled = all.filter((one) => one.settled).length;
  const into = [...new Set(all.map((one) => title(one.base)))].join(', ');
  return (
    <section class="tray" aria-label="Files being added">
      <header>
        <b>Into {into}</b>
        <span class="soft">
          {settled} of {all.length}
        </span>
        {settled > 0 && (
          <button type="button" class="icon-button" aria-label="Hide finished files" onClick={dismissSettled}>
            <Icon name="close" />
          </button>
        )}
      </header>
      <ul>
        {all.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </ul>
    </section>
  );
}
