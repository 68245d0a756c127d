import { useSignal } from '@preact/signals';
import { Component } from 'preact';

/** Lines that are laid out together: text that grows at its end moves only the last piece. */
const kPieceLines = 40;

class Piece extends Component<{ text: string }> {
  override shouldComponentUpdate(next: { text: string }) {
    return next.text !== this.props.text;
  }
  override render() {
    return <span class="piece">{this.props.text}</span>;
  }
}

function pieces(text: string): string[] {
  const lines = text.split('\n');
  const out: string[] = [];
  for (let i = 0; i < lines.length; i += kPieceLines) {
    const last = i + kPieceLines >= lines.length;
    out.push(lines.slice(i, i + kPieceLines).join('\n') + (last ? '' : '\n'));
  }
  return out;
}

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const said = useSignal('Copy');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      said.value = 'Refused';
    }
    setTimeout(() => (said.value = 'Copy'), 1600);
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{language}</span>
        <button type="button" class="plain" onClick={copy}>
          {said.value}
        </button>
      </div>
      <pre tabIndex={0}>
        <code>
          {pieces(text).map((piece, i) => (
            <Piece key={i} text={piece} />
          ))}
        </code>
      </pre>
    </div>
  );
}
