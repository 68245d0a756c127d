import type { Spent } from '../state/turn';
import { seconds } from '../lib/format';

function score(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(2);
}

function Facts({ spent }: { spent: Spent }) {
  const { why, timings, usage } = spent;
  const facts: [string, string][] = [];
  if (why?.route?.length) facts.push(['Route', why.route.join(' → ')]);
  if (why?.coverage !== undefined)
    facts.push([
      'Coverage',
      why.threshold === undefined
        ? score(why.coverage)
        : `${score(why.coverage)}, answers from ${score(why.threshold)} on`,
    ]);
  if (timings?.retrieve !== undefined) facts.push(['Finding', seconds(timings.retrieve)]);
  if (timings?.answer !== undefined) facts.push(['Answering', seconds(timings.answer)]);
  if (usage?.input_tokens || usage?.output_tokens)
    facts.push(['Tokens', `${usage.input_tokens ?? 0} in, ${usage.output_tokens ?? 0} out`]);
  if (spent.joules === null || spent.joules === undefined)
    facts.push(['Energy', 'not measured on this machine']);
  if (spent.cost === null) facts.push(['Price', 'unknown for this model']);
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The route, the scores and the passages that decided. */
export function Why({ spent }: { spent: Spent }) {
  const evidence = spent.why?.evidence ?? [];
  return (
    <div class="why">
      <Facts spent={spent} />
      {evidence.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Passages weighed">
          <table>
            <thead>
              <tr>
                <th scope="col">Passage weighed</th>
                <th scope="col" class="n">Score</th>
                <th scope="col" class="n">Words</th>
                <th scope="col" class="n">Meaning</th>
              </tr>
            </thead>
            <tbody>
              {evidence.map((one, i) => (
                <tr key={i}>
                  <td>
                    <span class="soft">{one.document}</span>
                    <span class="clamp">{one.text}</span>
                  </td>
                  <td class="n">{score(one.score)}</td>
                  <td class="n">{score(one.lexical)}</td>
                  <td class="n">{score(one.vector)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
