const kUnits = ['bytes', 'KB', 'MB', 'GB'];

export function bytes(count: number): string {
  let unit = 0;
  let value = count;
  while (value >= 1000 && unit < kUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${kUnits[unit]}`;
}

export function seconds(milliseconds: number): string {
  if (milliseconds < 1) return '<\u202f1 ms';
  if (milliseconds < 95) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 9_950 ? 2 : 1)} s`;
}

export function joules(value: number): string {
  if (value < 0.1) return `${(value * 1000).toFixed(0)} mJ`;
  return value < 10 ? `${value.toFixed(1)} J` : `${Math.round(value).toLocaleString('en')} J`;
}

export function dollars(value: number): string {
  if (value === 0) return '$0';
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString('en')} ${value === 1 ? one : many}`;
}

/** "22 Nov 2026"; the text itself when it is no time. */
export function day(time: string | undefined): string {
  if (!time) return '';
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** "31 Aug" becomes "a moment ago", "12 min", "3 h" where that says more. */
export function since(time: string, now = Date.now()): string {
  const minutes = Math.floor((now - new Date(time).getTime()) / 60_000);
  if (!(minutes >= 0)) return '';
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** A base is named for machines ("our-filings"); people read "Our filings". */
export function title(name: string): string {
  const words = name.replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
