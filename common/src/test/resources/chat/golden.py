"""Renders the templates of this folder as transformers 4.57 does (pip install jinja2==3.1.6 and nothing else) into golden.json."""
import json
import pathlib
from datetime import datetime

from jinja2.exceptions import TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = pathlib.Path(__file__).parent
DAY = datetime(2024, 7, 26)
TOKENS = {"bos_token": "<|begin_of_text|>", "eos_token": "</s>"}

CONVERSATIONS = {
    "question": [{"role": "user", "content": "  What is the capital of France?\n"}],
    "system": [
        {"role": "system", "content": " You predict ratings. "},
        {"role": "user", "content": "history <b> & \"x\" 'y' {{ 4.0 }} {% if %} ★\n\n"},
    ],
    "turns": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "<think>\na greeting\n</think>\n\nHello, what can I do for you?"},
        {"role": "user", "content": "Rate it\\n \\ backslash."},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\n4.5"},
    ],
    "two users": [{"role": "user", "content": "a"}, {"role": "user", "content": ""}],
}


def environment():
    def raise_exception(message):
        raise TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    result = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = DAY.strftime
    return result


def main():
    cases = []
    for file in sorted(FOLDER.glob("*.jinja")):
        template = environment().from_string(file.read_text())
        for name, messages in CONVERSATIONS.items():
            for prompt in (True, False):
                case = {"template": file.name, "conversation": name, "addGenerationPrompt": prompt}
                try:
                    case["text"] = template.render(messages=messages, tools=None, add_generation_prompt=prompt, **TOKENS)
                except TemplateError as error:
                    case["error"] = str(error)
                cases.append(case)
    golden = {"specialTokens": TOKENS, "conversations": CONVERSATIONS, "cases": cases}
    (FOLDER / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


main()
