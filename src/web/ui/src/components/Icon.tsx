const kPaths = {
  menu: 'M3 5h14M3 10h14M3 15h14',
  back: 'M12 4l-6 6 6 6',
  close: 'M5 5l10 10M15 5L5 15',
  plus: 'M10 4v12M4 10h12',
  pencil: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  bin: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11M9 9v5M11 9v5',
  previous: 'M5 12l5-5 5 5',
  next: 'M5 8l5 5 5-5',
  clip: 'M14.5 8.5l-5.4 5.4a2.6 2.6 0 01-3.7-3.7l6-6a1.8 1.8 0 012.5 2.5l-5.9 5.9',
  page: 'M6 3h6l3 3v11H6zM12 3v3h3',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={kPaths[name]} />
    </svg>
  );
}
