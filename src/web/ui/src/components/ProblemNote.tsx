import type { Problem } from '../api/types';

/** What went wrong, and what to do about it. */
export function ProblemNote({ problem, retry }: { problem: Problem; retry?: () => void }) {
  return (
    <div class="problem">
      <p>{problem.message}</p>
      {problem.remedy && <p class="remedy">{problem.remedy}</p>}
      {retry && (
        <button type="button" class="plain" onClick={retry}>
          Ask again
        </button>
      )}
    </div>
  );
}
