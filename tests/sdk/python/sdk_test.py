"""The openai package of Python, unmodified, against the server at $INTERPOSER_URL.

Each function named test_* is a case; prints one `ok - ` or `not ok - ` line for it.
"""

import asyncio
import json
import math
import os
import sys
import traceback
import urllib.request

import openai

URL = os.environ["INTERPOSER_URL"]
client = openai.OpenAI(base_url=URL + "/v1", api_key="no key is needed on loopback", timeout=120, max_retries=0)
HELLO = [{"role": "user", "content": "Say hello in five words."}]
QUESTION = [{"role": "user", "content": "Which suppliers make HBM?"}]


def model_of(kind):
    with urllib.request.urlopen(URL + "/api/v1/status", timeout=30) as answer:
        models = json.load(answer)["models"]
    return next(model["name"] for model in models if model["kind"] == kind)


CHAT, EMBEDDER = model_of("chat"), model_of("embed")


def raises(error, call):
    try:
        call()
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__} was raised")


def test_models_are_listed():
    names = [model.id for model in client.models.list()]
    for name in (CHAT, EMBEDDER, "assistant/handbook"):
        assert name in names, f"{name} is not among {names}"


def test_one_model_is_retrieved():
    assert client.models.retrieve(CHAT).id == CHAT


def test_chat_completion():
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=16, temperature=0, seed=1)
    choice = answer.choices[0]
    assert choice.message.role == "assistant" and choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert 0 < answer.usage.completion_tokens <= 16


def test_max_tokens_ends_with_length():
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=1, temperature=0)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 1


def test_stream_with_usage():
    stream = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=16, temperature=0, stream=True,
                                            stream_options={"include_usage": True})
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    finishes = [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason]
    assert text and finishes in (["stop"], ["length"])
    assert not chunks[-1].choices and 0 < chunks[-1].usage.completion_tokens <= 16
    assert len({chunk.id for chunk in chunks}) == 1


def test_stop_string_is_not_in_the_answer():
    whole = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=24, temperature=0)
    word = whole.choices[0].message.content.split()[1]
    cut = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=24, temperature=0, stop=[word])
    assert word not in cut.choices[0].message.content
    assert cut.choices[0].finish_reason == "stop"


def test_logprobs():
    answer = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=4, temperature=0, logprobs=True,
                                            top_logprobs=3)
    tokens = answer.choices[0].logprobs.content
    assert 1 <= len(tokens) <= 4
    for token in tokens:
        assert token.logprob <= 0 and len(token.top_logprobs) == 3
        assert abs(max(t.logprob for t in token.top_logprobs) - token.logprob) < 1e-3, "greedy takes the likeliest"


def test_breaking_off_a_stream_leaves_the_server_well():
    stream = client.chat.completions.create(model=CHAT, messages=HELLO, max_tokens=400, temperature=0, stream=True)
    next(iter(stream))
    stream.close()
    test_chat_completion()


def test_four_streams_at_once():
    async def one(asynchronous, number):
        ask = [{"role": "user", "content": f"Count from {number} upwards."}]
        stream = await asynchronous.chat.completions.create(model=CHAT, messages=ask, max_tokens=24, stream=True)
        return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])

    async def four():
        async with openai.AsyncOpenAI(base_url=URL + "/v1", api_key="x", timeout=120) as asynchronous:
            return await asyncio.gather(*(one(asynchronous, number) for number in range(4)))

    assert all(asyncio.run(four()))


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)


def test_embeddings_carry_meaning():
    texts = ["High-bandwidth memory is stacked.", "HBM is memory built in layers.", "The cat sleeps on the sofa."]
    answer = client.embeddings.create(model=EMBEDDER, input=texts)
    vectors = [item.embedding for item in answer.data]
    assert [item.index for item in answer.data] == [0, 1, 2] and {len(v) for v in vectors} == {384}
    assert all(abs(math.hypot(*v) - 1) < 1e-3 for v in vectors), "vectors are of length 1"
    assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2]) + 0.2
    assert answer.usage.prompt_tokens > 0


def test_embeddings_as_floats_are_the_same():
    default = client.embeddings.create(model=EMBEDDER, input="one text").data[0].embedding
    floats = client.embeddings.create(model=EMBEDDER, input="one text", encoding_format="float").data[0].embedding
    assert cosine(default, floats) > 0.9999


def test_assistant_cites_its_sources():
    answer = client.chat.completions.create(model="assistant/handbook", messages=QUESTION)
    message = answer.choices[0].message
    assert "Micron" in message.content
    assert message.annotations, "an answer from the handbook has citations"
    for annotation in message.annotations:
        assert annotation.type == "url_citation"
        cited = annotation.url_citation
        assert 0 <= cited.start_index < cited.end_index <= len(message.content)
        assert cited.url and cited.title
        source = annotation.model_extra["interposer"]
        assert source["document"].startswith("handbook/") and source["start"] < source["end"]


def test_assistant_streams():
    stream = client.chat.completions.create(model="assistant/handbook", messages=QUESTION, stream=True)
    assert "Micron" in "".join(c.choices[0].delta.content or "" for c in stream if c.choices)


def test_unknown_model_is_not_found():
    error = raises(openai.NotFoundError, lambda: client.chat.completions.create(model=CHAT + "x", messages=HELLO))
    assert CHAT in error.message, "the nearest name is offered"


def test_wrong_type_is_a_bad_request():
    error = raises(openai.BadRequestError, lambda: client.chat.completions.create(
        model=CHAT, messages=HELLO, extra_body={"temperature": "warm"}))
    assert "temperature" in error.message


def test_too_long_prompt_is_a_bad_request_with_counts():
    long = [{"role": "user", "content": "word " * 60000}]
    error = raises(openai.BadRequestError, lambda: client.chat.completions.create(model=CHAT, messages=long))
    assert sum(character.isdigit() for character in error.message) >= 5, f"no counts in: {error.message}"


def main():
    failed = False
    for name, case in list(globals().items()):
        if not name.startswith("test_"):
            continue
        title = "python sdk: " + name[len("test_"):].replace("_", " ")
        try:
            case()
            print(f"ok - {title}", flush=True)
        except Exception:
            failed = True
            print(traceback.format_exc())
            print(f"not ok - {title}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
