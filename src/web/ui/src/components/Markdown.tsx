import { Component, type ComponentChildren } from 'preact';
import { decodeEntities, safeHref, type Token, type Tokens } from '../lib/markdown';
import type { Prose } from '../state/prose';
import { CodeBlock } from './CodeBlock';

function Link({ token }: { token: Tokens.Link | Tokens.Image }) {
  const href = safeHref(token.href);
  const image = token.type === 'image';
  // An image is a request to somebody's server: it is named, and fetched only by a click.
  const words = image ? `image: ${decodeEntities(token.text || token.href)}` : inline(token.tokens);
  if (!href) return <span>{words}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {words}
    </a>
  );
}

function inlineToken(token: Token, key: number): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong key={key}>{inline(token.tokens)}</strong>;
    case 'em':
      return <em key={key}>{inline(token.tokens)}</em>;
    case 'del':
      return <del key={key}>{inline(token.tokens)}</del>;
    case 'codespan':
      return <code key={key}>{token.text}</code>;
    case 'br':
      return <br key={key} />;
    case 'link':
    case 'image':
      return <Link key={key} token={token as Tokens.Link | Tokens.Image} />;
    case 'text':
      return token.tokens ? inline(token.tokens) : decodeEntities(token.text);
    case 'escape':
      return token.text;
    case 'checkbox':
      return null;
    default:
      return token.raw;
  }
}

function inline(tokens: Token[] | undefined): ComponentChildren {
  return (tokens ?? []).map(inlineToken);
}

function TableView({ table }: { table: Tokens.Table }) {
  const side = (i: number) => (table.align[i] === 'right' ? 'n' : undefined);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map((cell, i) => (
              <th key={i} scope="col" class={side(i)}>
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j} class={side(j)}>
                  {inline(cell.tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ListView({ list }: { list: Tokens.List }) {
  const items = list.items.map((item, i) => (
    <BlockView key={i} token={item as Token} tag={item.task ? (item.checked ? '☑ ' : '☐ ') : ''} />
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

/** The question is an h2: an answer's headings come below it. */
function Heading({ token }: { token: Tokens.Heading }) {
  const words = inline(token.tokens);
  if (token.depth <= 2) return <h3>{words}</h3>;
  return token.depth === 3 ? <h4>{words}</h4> : <h5>{words}</h5>;
}

function block(token: Token, tag: string): ComponentChildren {
  switch (token.type) {
    case 'heading':
      return <Heading token={token as Tokens.Heading} />;
    case 'paragraph':
      return <p>{inline(token.tokens)}</p>;
    case 'text':
      return token.tokens ? inline(token.tokens) : decodeEntities(token.text);
    case 'list':
      return <ListView list={token as Tokens.List} />;
    case 'list_item':
      return (
        <li>
          {tag}
          {blocks(token.tokens ?? [])}
        </li>
      );
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [])}</blockquote>;
    case 'code':
      return <CodeBlock text={token.text} language={token.lang ?? ''} />;
    case 'table':
      return <TableView table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    default:
      return <p>{token.raw}</p>;
  }
}

/** A block whose text is the same is not drawn again. */
class BlockView extends Component<{ token: Token; tag?: string }> {
  override shouldComponentUpdate(next: { token: Token }) {
    return next.token !== this.props.token && next.token.raw !== this.props.token.raw;
  }
  override render() {
    return block(this.props.token, this.props.tag ?? '');
  }
}

function blocks(tokens: Token[]): ComponentChildren {
  return tokens.map((token, i) => <BlockView key={i} token={token} />);
}

/** Finished blocks in bundles, so that a long answer's new frame looks at few of them. */
const kBundle = 24;

class Bundle extends Component<{ tokens: Token[]; from: number; size: number }> {
  override shouldComponentUpdate(next: { size: number }) {
    return next.size !== this.props.size;
  }
  override render() {
    const { tokens, from, size } = this.props;
    return tokens.slice(from, from + size).map((token, i) => <BlockView key={from + i} token={token} />);
  }
}

export function Markdown({ prose, live }: { prose: Prose; live: boolean }) {
  prose.version.value;
  const { blocks: done, tail } = prose.stream;
  const bundles = [];
  for (let from = 0; from < done.length; from += kBundle)
    bundles.push(
      <Bundle key={from} tokens={done} from={from} size={Math.min(kBundle, done.length - from)} />,
    );
  return (
    <div class="prose" data-live={live || undefined}>
      {bundles}
      {tail.map((token, i) => (
        <BlockView key={`tail${i}`} token={token} />
      ))}
    </div>
  );
}
