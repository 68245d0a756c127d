import { announcements } from '../state/announce';

export function Live() {
  return (
    <div class="sr" role="status" aria-live="polite" aria-atomic="false" data-testid="announcements">
      {announcements.value.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
