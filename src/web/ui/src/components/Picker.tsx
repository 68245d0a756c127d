import { title } from '../lib/format';
import { bases } from '../state/catalog';
import { base, chooseBase, chooseWriter, kEvidence, writer, writers } from '../state/choice';

const kNoBase = '\u0000';

/** What is asked, and who answers. */
export function Picker() {
  return (
    <>
      <label class="pick">
        <span>Base:</span>
        <select
          data-testid="pick-base"
          value={base.value ?? kNoBase}
          onChange={({ currentTarget: { value } }) => chooseBase(value === kNoBase ? null : value)}
        >
          {(bases.value ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {title(name)}
            </option>
          ))}
          <option value={kNoBase}>none, a plain model</option>
        </select>
      </label>
      <label class="pick">
        <span>Answer with:</span>
        <select
          data-testid="pick-writer"
          value={writer.value}
          onChange={({ currentTarget: { value } }) => chooseWriter(value)}
        >
          {base.value && <option value={kEvidence}>Evidence</option>}
          {writers.value.map(({ name, self_test }) => (
            <option key={name} value={name}>
              {self_test ? `${name} (self-test)` : name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
