"""Makes the files of this folder (pip install gguf==0.19.0 numpy safetensors tokenizers==0.22.2 transformers==4.57.6).

blocks.json: two random blocks of every quantised type and what the package decodes them to (hexadecimal, little-endian).
llama.gguf, llama3.gguf, qwen2.gguf, qwen3.gguf: the model folders of ../fixtures, one layer's worth of everything, in the
way in which the converter of llama.cpp stores them.

tokens.json: token ids of their vocabularies under the split rules that transformers has for Llama 3 and Qwen 2.
"""
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFWriter, constants, quants
from safetensors.numpy import load_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from transformers.convert_slow_tokenizer import TikTokenConverter
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

FOLDER = pathlib.Path(__file__).parent
BLOCK_TYPES = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "F16", "BF16"]
# Where a block keeps numbers in half precision: random bits there could be infinities.
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}
NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def blocks():
    random = np.random.default_rng(5)
    golden = {}
    for name in BLOCK_TYPES:
        length, size = constants.GGML_QUANT_SIZES[Type[name]]
        count = 2 if length > 1 else 16
        raw = random.integers(0, 256, (count, size), dtype=np.uint8)
        for at in HALVES.get(name, []):
            raw[:, at:at + 2] = random.normal(0, 0.1, (count, 1)).astype(np.float16).view(np.uint8)
        if name in ("F16", "BF16"):
            values = random.normal(0, 1, count).astype(np.float32)
            raw = quants.quantize(values, Type[name]).view(np.uint8)
        flat = raw.reshape(-1)
        golden[name] = {"blocks": flat.tobytes().hex(), "values": quants.dequantize(flat, Type[name]).astype("<f4").tobytes().hex()}
    (FOLDER / "blocks.json").write_text(json.dumps(golden, indent=1) + "\n")


def stored_name(name):
    module, kind = name.rsplit(".", 1)
    if module in NAMES:
        return f"{NAMES[module]}.{kind}"
    _, _, layer, rest = module.split(".", 3)
    return f"blk.{layer}.{NAMES[rest]}.{kind}"


def permute(weight, heads):
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def rope_factors(config):
    scaling = config["rope_scaling"]
    size = config["head_dim"]
    factors = []
    for i in range(0, size, 2):
        wavelength = 2 * np.pi * config["rope_theta"] ** (i / size)
        low = scaling["original_max_position_embeddings"] / scaling["low_freq_factor"]
        high = scaling["original_max_position_embeddings"] / scaling["high_freq_factor"]
        if wavelength < high:
            factors.append(1)
        elif wavelength > low:
            factors.append(scaling["factor"])
        else:
            kept = (scaling["original_max_position_embeddings"] / wavelength - scaling["low_freq_factor"]) / (
                scaling["high_freq_factor"] - scaling["low_freq_factor"])
            factors.append(1 / ((1 - kept) / scaling["factor"] + kept))
    return np.array(factors, dtype=np.float32)


def model(name, rule, scaling=None):
    folder = FOLDER.parent / "fixtures" / name
    config = json.loads((folder / "config.json").read_text())
    if scaling:
        config["rope_scaling"] = scaling
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    architecture = config["model_type"]
    writer = GGUFWriter(FOLDER / f"{name}.gguf", architecture)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    if "head_dim" in config:
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
    vocabulary = sorted(tokenizer["model"]["vocab"].items(), key=lambda entry: entry[1])
    special = {token["id"] for token in tokenizer["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(rule)
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([3 if token in special else 1 for _, token in vocabulary])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_pad_token_id(config["pad_token_id"])
    writer.add_chat_template((folder / "chat_template.jinja").read_text())
    if config["rope_scaling"]:
        writer.add_tensor("rope_freqs.weight", rope_factors(config))
    for tensor, values in load_file(folder / "model.safetensors").items():
        if architecture == "llama" and "q_proj" in tensor:
            values = permute(values, config["num_attention_heads"])
        if architecture == "llama" and "k_proj" in tensor:
            values = permute(values, config["num_key_value_heads"])
        writer.add_tensor(stored_name(tensor), np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()



TEXTS = [
    "I'VE rated 12345.67 of 2024 items, haven't I?  two  blanks\n\n\ttab\r\n end ",
    "Überraschung: 3.5 ★ e\u0301 \u00e9 don't 'RE",
    "<|im_start|>user\nhi!!\n<|im_end|>",
]


def tokens(name, pattern, normalizer, ignore_merges):
    source = json.loads((FOLDER.parent / "fixtures" / name / "tokenizer.json").read_text())
    merges = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in source["model"]["merges"]]
    tokenizer = Tokenizer(models.BPE(source["model"]["vocab"], merges, ignore_merges=ignore_merges))
    tokenizer.add_special_tokens([token["content"] for token in source["added_tokens"]])
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    return [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS]


blocks()
model("llama", "smollm")
# The file does not say for which context the factors were made; all published models have this one.
model("llama3", "llama-bpe", {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192})
model("qwen2", "qwen2")
model("qwen3", "qwen2")
(FOLDER / "tokens.json").write_text(json.dumps({
    "llama3": tokens("llama3", TikTokenConverter(vocab_file=None).pattern, None, True),
    "qwen2": tokens("qwen2", PRETOKENIZE_REGEX, normalizers.NFC(), False),
}, indent=1) + "\n")
