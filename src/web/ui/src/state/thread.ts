import { computed, signal } from '@preact/signals';
import { asProblem, get, post, remove, write } from '../api/client';
import type { ConversationRow, Problem, TurnRow } from '../api/types';
import { base, chooseTarget, turnTarget, writer } from './choice';
import { go } from './route';
import { followFirstCitation, forgetCitation, openCitation } from './source';
import { Turn } from './turn';
import { dismissSucceeded } from './uploads';

export const conversations = signal<ConversationRow[]>([]);
export const conversation = signal<{ id: string; title: string } | null>(null);
export const turns = signal<Turn[]>([]);
export const threadProblem = signal<Problem | null>(null);
export const loadingThread = signal(false);

export const runningTurn = computed(() =>
  turns.value.find((turn) => turn.state.value === 'running'),
);

export async function refreshConversations(): Promise<void> {
  conversations.value = (
    await get<{ conversations: ConversationRow[] }>('/conversations')
  ).conversations;
}

function letGo(): void {
  turns.value.forEach((turn) => turn.detach());
  forgetCitation();
  threadProblem.value = null;
}

/** Nothing asked yet; the conversation is made with its first question. */
export function startNew(): void {
  letGo();
  conversation.value = null;
  turns.value = [];
}

export async function openConversation(id: string): Promise<void> {
  if (conversation.value?.id === id) return;
  letGo();
  conversation.value = { id, title: '' };
  turns.value = [];
  loadingThread.value = true;
  try {
    const found = await get<{ id: string; title: string; turns: TurnRow[] }>(
      `/conversations/${encodeURIComponent(id)}`,
    );
    if (conversation.value?.id !== id) return;
    conversation.value = { id, title: found.title };
    turns.value = found.turns.map(Turn.stored);
    const last = turns.value.at(-1);
    if (last) chooseTarget(last.target);
    turns.value.forEach(resume);
    const cited = turns.value.findLast((turn) => turn.citations.value.length > 0);
    if (cited) openCitation(cited, cited.citations.value[0].n, 'page');
  } catch (error) {
    if (conversation.value?.id === id) threadProblem.value = asProblem(error);
  } finally {
    loadingThread.value = false;
  }
}

/** A run that was going when the page was left is going still: the page catches up with it. */
function resume(turn: Turn): void {
  if (turn.state.value !== 'running' || !turn.run) return;
  watch(turn);
  void turn.attach(turn.run);
}

function watch(turn: Turn): void {
  turn.onCitation = followFirstCitation;
  turn.onEnd = () => void refreshConversations().catch(() => undefined);
}

export async function ask(question: string): Promise<void> {
  dismissSucceeded();
  const request = { question, ...turnTarget() };
  const turn = new Turn(question, request.target);
  watch(turn);
  turns.value = [...turns.value, turn];
  try {
    const id = conversation.value?.id ?? (await makeConversation(request.target));
    const path = `/conversations/${encodeURIComponent(id)}/turns`;
    const { run } = await post<{ run: string }>(path, request);
    await Promise.all([turn.attach(run), refreshConversations().catch(() => undefined)]);
  } catch (error) {
    turn.fail(asProblem(error));
  }
}

async function makeConversation(target: string): Promise<string> {
  const wanted = target.startsWith('assistant/') ? { base: base.value } : { model: writer.value };
  const { id } = await post<{ id: string }>('/conversations', wanted);
  conversation.value = { id, title: '' };
  go({ view: 'conversation', id }, 'replace');
  return id;
}

export async function deleteConversation(id: string): Promise<void> {
  await remove(`/conversations/${encodeURIComponent(id)}`);
  if (conversation.value?.id === id) {
    startNew();
    go({ view: 'new' });
  }
  await refreshConversations();
}

export async function renameConversation(id: string, title: string): Promise<void> {
  await write('PATCH', `/conversations/${encodeURIComponent(id)}`, { title });
  await refreshConversations();
}
