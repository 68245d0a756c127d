// The openai package of npm, unmodified, against the server at $INTERPOSER_URL. One result line a case.
import assert from "node:assert/strict";
import OpenAI from "openai";

const url = process.env.INTERPOSER_URL;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none is needed", maxRetries: 0, timeout: 120_000 });
const status = await (await fetch(`${url}/api/v1/status`)).json();
const modelOf = (kind) => status.models.find((model) => model.kind === kind).name;
const chat = modelOf("chat");
const embedder = modelOf("embed");
const hello = [{ role: "user", content: "Say hello in five words." }];
const question = [{ role: "user", content: "Which suppliers make HBM?" }];

async function textOf(stream) {
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
  return text;
}

const cases = {
  "models are listed": async () => {
    const names = [];
    for await (const model of client.models.list()) names.push(model.id);
    for (const name of [chat, embedder, "assistant/handbook"]) assert.ok(names.includes(name), `${name} in ${names}`);
  },
  "chat completion": async () => {
    const answer = await client.chat.completions.create({ model: chat, messages: hello, max_tokens: 16, temperature: 0 });
    assert.ok(answer.choices[0].message.content);
    assert.ok(["stop", "length"].includes(answer.choices[0].finish_reason));
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },
  "stream with usage": async () => {
    const stream = await client.chat.completions.create({
      model: chat, messages: hello, max_tokens: 16, stream: true, stream_options: { include_usage: true },
    });
    let text = "";
    let usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    assert.ok(text);
    assert.ok(usage.completion_tokens > 0 && usage.completion_tokens <= 16);
  },
  "stream helper gives the final message": async () => {
    const runner = client.chat.completions.stream({ model: chat, messages: hello, max_tokens: 12, temperature: 0 });
    let text = "";
    for await (const chunk of runner) text += chunk.choices[0]?.delta?.content ?? "";
    assert.equal(await runner.finalContent(), text);
  },
  "abort leaves the server well": async () => {
    const stream = await client.chat.completions.create({ model: chat, messages: hello, max_tokens: 400, stream: true });
    for await (const _ of stream) break;
    stream.controller.abort();
    const after = await client.chat.completions.create({ model: chat, messages: hello, max_tokens: 4 });
    assert.ok(after.choices[0].message.content);
  },
  "embeddings": async () => {
    const answer = await client.embeddings.create({ model: embedder, input: ["stacked memory", "a sleeping cat"] });
    assert.deepEqual(answer.data.map((item) => item.embedding.length), [384, 384]);
    for (const item of answer.data) assert.ok(Math.abs(Math.hypot(...item.embedding) - 1) < 1e-3);
  },
  "assistant cites its sources": async () => {
    const answer = await client.chat.completions.create({ model: "assistant/handbook", messages: question });
    const message = answer.choices[0].message;
    assert.match(message.content, /Micron/);
    assert.ok(message.annotations.length > 0);
    for (const annotation of message.annotations) {
      const { start_index: start, end_index: end } = annotation.url_citation;
      assert.ok(start >= 0 && start < end && end <= message.content.length);
      assert.ok(annotation.interposer.document.startsWith("handbook/"));
    }
  },
  "assistant streams": async () => {
    const stream = await client.chat.completions.create({ model: "assistant/handbook", messages: question, stream: true });
    assert.match(await textOf(stream), /Micron/);
  },
  "unknown model is not found": async () => {
    await assert.rejects(
      client.chat.completions.create({ model: `${chat}x`, messages: hello }),
      (error) => error instanceof OpenAI.NotFoundError && error.message.includes(chat));
  },
  "wrong type is a bad request": async () => {
    await assert.rejects(
      client.chat.completions.create({ model: chat, messages: hello, temperature: "warm" }),
      (error) => error instanceof OpenAI.BadRequestError && error.message.includes("temperature"));
  },
};

for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`ok - node sdk: ${name}`);
  } catch (error) {
    console.log(error.stack ?? String(error));
    console.log(`not ok - node sdk: ${name}`);
    process.exitCode = 1;
  }
}
