"""Renders the templates below as transformers does (pip install jinja2==3.1.6) into semantics.json."""
import json
import pathlib
from datetime import datetime

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = {
    "messages": [{"role": "system", "content": "Be nice"}, {"role": "user", "content": "Hello 𝔘 w\u00f6rld"}],
    "items": {"a": 1, "b": None, "items": [2]},
    "pairs": [["x", 1], ["y", 2]],
    "mixed": ["b", "A", "a", "C"],
    "yes": True,
    "nothing": None,
}

TEMPLATES = r"""
{{ 'a😀b'|length }}{{ 'a😀b'[1] }}{{ 'a😀b'[::-1] }}{{ 'a😀b'[1:2] }}{{ 'a😀b'.find('b') }}
{{ 'abcdef'[4:1:-2] }}|{{ 'abc'[-9:2] }}|{{ [1,2,3][5:] }}|{{ (1,2,3)[::2] }}
{{ "it's" }}{{ ["it's", 'q"', "b'\"", 'n\n\\', none, 1.0, true, (1,), {}] }}
{{ 1e16 }} {{ 1e15 }} {{ 0.0001 }} {{ 1.5e-7 }} {{ 123456789.125 }} {{ 5e-324 }} {{ 1e22 }} {{ 0.1 + 0.2 }} {{ -0.0 }}
{{ 2 ** 62 + (2 ** 62 - 1) }} {{ -7 // 2 }} {{ 7.5 // -2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 % -2 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }}
{{ true + true }} {{ true == 1 }} {{ 1 == 1.0 }} {{ 'a' * 3 }} {{ [0] * 2 }} {{ -2|abs }} {{ not 1 == 2 }}
{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 in [1.0] }} {{ 'b' not in 'abc' }} {{ [1,2] < [1,3] }} {{ 'Z' < 'a' }}
{{ 1 ~ 2.0 ~ none ~ true ~ [1] ~ unknown }}
{{ 'a' + 1 }}
{{ unknown.name }}
{{ unknown + 1 }}
{{ none.name is defined }}{{ none['x'] is defined }}{{ messages.nothing is defined }}
{% for x in unknown %}x{% else %}none{% endfor %}{{ unknown|length }}{{ unknown is iterable }}{{ unknown|list }}
{{ items.items is callable }}|{{ items['items'] }}|{{ items.items() }}|{{ items.get('zz', 3) }}|{{ items.keys()|list }}|{{ items.a }}
{{ messages.append({}) }}
{{ items.update({}) }}
{{ items.pop is defined }}{{ messages.append is defined }}{{ messages.count is defined }}{{ ''.__class__ }}
{{ ''.__class__.__name__ }}
{{ messages.index(messages[1]) }}{{ [1,2,1].count(1) }}
{% set x = 1 %}{% for i in [1,2] %}{{ x }}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}
{% if yes %}{% set y = 5 %}{% endif %}{{ y }}{% with z = y %}{{ z }}{% set y = 6 %}{% endwith %}{{ y }}{{ z is defined }}
{% set ns = namespace(n=0, l=[]) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.n }}{{ ns.l }}
{% set text.x = 1 %}
{% set a, b = pairs[0] %}{{ a }}{{ b }}{% for (k, v) in pairs %}{{ k }}{{ v }}{{ loop.previtem }}{% endfor %}
{% for k, v in pairs if v > 1 %}{{ loop.index }}{{ loop.length }}{{ loop.last }}{{ k }}{{ loop.previtem is defined }}{% endfor %}
{% for i in 'abc' %}{{ loop.index }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.nextitem }}{{ loop.cycle('x', 'y') }}{{ loop.changed(1) }} {% endfor %}
{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i > 4 %}{% break %}{% endif %}{{ i }}{% else %}never{% endfor %}
{% for n in [[1, [2, [3]]]] recursive %}{% if n is iterable %}<{{ loop.depth }}{{ loop(n) }}>{% else %}{{ n }}{% endif %}{% endfor %}
{% macro m(a, b='B', c=a ~ b) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, c=2) }}|{{ m() }}|{{ m(b=1, a=2) }}
{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, k=3) }}{{ m(*[1], **{'z': 2}) }}
{% macro m() %}{% endmacro %}{{ m(1) }}
{% macro box(t) %}[{{ t }}:{{ caller(1) }}]{% endmacro %}{% call(n) box('T') %}b{{ n }}{% endcall %}
{% macro m() %}{{ caller() if caller else 'none' }}{% endmacro %}{{ m() }}
{% set block %}  a{{ 1 }}  {% endset %}[{{ block }}]{% set up | upper | trim %} b {% endset %}[{{ up }}]{% filter upper %}x{{ 'y' }}{% endfilter %}
{% raw %}{{ x }}{% if %}{% endraw %}{# comment {{ #}|{%- raw -%}  {{  {%- endraw %}
A{% generation %} said {% set q = 1 %}{% endgeneration %}{{ q is defined }}
{{ mixed|sort }}{{ mixed|sort(reverse=true) }}{{ mixed|sort(case_sensitive=true) }}{{ mixed|unique|list }}{{ mixed|min }}{{ mixed|max }}
{{ messages|map(attribute='role')|join(', ') }}{{ messages|selectattr('role', 'equalto', 'user')|list|length }}{{ messages|rejectattr('zz')|map('length')|list }}
{{ [1,2,3,4]|select('odd')|list }}{{ [0,1,none]|select|list }}{{ [1,'a']|reject('string')|list }}{{ [3,4]|select('in', [4])|first }}
{% if [1]|select('string') %}a generator is true{% endif %}
{{ [1]|map('string')|length }}
{{ {'b': 1, 'A': 2}|dictsort }}{{ {'b': 1, 'A': 2}|dictsort(by='value') }}{{ {'k': 1}|items|list }}{{ items|tojson(indent=2) }}
{{ {'é': [1, 2.5, none, true, '<\'&"\u2028'], 'b': {}, 'a': []}|tojson(sort_keys=true, separators=(',', ':')) }}{{ 'é\x7f'|tojson(ensure_ascii=true) }}
{{ {1: 'a', none: 2, true: 3, 1.5: 4} }}{{ {1: 'a', 2.5: 3, none: 1, false: 0}|tojson }}
{{ unknown|tojson }}
{{ unknown|default('d') }}{{ ''|default('d') }}{{ ''|default('d', true) }}{{ nothing|default('d') }}{{ nothing|d('e', boolean=true) }}
{{ '42.9'|int }}{{ 'x'|int(7) }}{{ '0x1f'|int(base=16) }}{{ ' 1_0 '|int }}{{ 3.9|int }}{{ '1e3'|float }}{{ 'x'|float }}{{ 2.5|round }}{{ 2.675|round(2) }}{{ 25|round(-1) }}{{ 1.21|round(1, 'ceil') }}
{{ 'a\nb\n\nc'|indent(2) }}|{{ 'a\nb'|indent('> ', true) }}|{{ 'a\n\nb'|indent(1, blank=true) }}
{{ ' x '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ 'hello wORLD-foo'|title }}|{{ "they're b4d".title() }}|{{ 'éA'|capitalize }}|{{ 'a b  c'|wordcount }}|{{ 'abc'|center(7) }}|{{ 'foo bar baz qux'|truncate(9) }}
{{ 'a,b,,c'.split(',') }}{{ ' a  b '.split() }}{{ 'a b c'.split(' ', 1) }}{{ 'a b c'.rsplit(' ', 1) }}{{ ' a b c '.split(none, 1) }}{{ 'a\r\nb\n'.splitlines() }}{{ 'k=v=w'.partition('=') }}{{ 'k=v=w'.rpartition('=') }}
{{ 'banana'.replace('a', 'o', 2) }}{{ 'ab'.replace('', '-') }}{{ 'banana'.count('an') }}{{ 'abc'.startswith(('x', 'a')) }}{{ 'abc'.endswith('b', 0, 2) }}{{ 'x'.join(['1', '2']) }}{{ '7'.zfill(3) }}{{ 'a'.isdigit() }}
{{ '%s|%5.2f|%03d|%-4s|%r|%%' % ('a', 1.005, 7, 'b', 'c') }}{{ '%(a)s' % {'a': 1} }}
{{ '{} {1}'.format(1, 2) }}
{{ '{} {} {{}}'.format('a', 1.5) }}{{ '{0}{1}{0}'.format('a', 'b') }}{{ '{n:>4}|{n:<4}|{f:.2f}|{t:*^5}'.format(n=3, f=2.0, t='x') }}
{{ '%d %d' % (1,) }}
{{ '<&>'|escape }}{{ '<b>'|safe }}{{ ('<b>'|safe) + '<i>' }}{{ '<'|e ~ '<' }}
{{ [1,2,3,4,5]|batch(2, 'x')|list }}{{ [1,2,3,4,5]|slice(2)|list }}{{ [1,2]|sum }}{{ pairs|sum(attribute=1, start=10) }}{{ 'abc'|reverse }}{{ [1,2]|reverse|list }}{{ [1,2]|first }}{{ []|last is undefined }}
{{ 1 is integer }}{{ true is integer }}{{ 1.0 is float }}{{ true is number }}{{ 'a' is sequence }}{{ items is sequence }}{{ unknown is sequence }}{{ range(2) is iterable }}{{ m is callable }}{{ 4 is divisibleby 2 }}{{ 'Ab' is lower }}{{ none is sameas none }}{{ 1 is not gt 2 }}{{ 'trim' is filter }}{{ 'odd' is test }}
{{ 'x' if false }}{{ ('a' if yes else 'b') if yes }}{{ 1 if not yes else 2 if false else 3 }}{{ yes and 'a' or 'b' }}{{ '' or nothing }}
{{ strftime_now('%Y-%m-%d %-d %B %b %A %H:%M:%S %j %p') }}
{{ range(5)|list }}{{ range(1, 8, 3)|list }}{{ range(5, 0, -2)|list }}{{ range(3) }}{{ dict(a=1, **{'b': 2}) }}{{ dict([('k', 1)]) }}
{% set j = joiner('|') %}{{ j() }}{{ j() }}{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}
{{ raise_exception('only ' ~ 'users') }}
{{ messages|unknown_filter }}
{% if not yes %}{{ messages|unknown_filter }}{% endif %}x
{% if yes %}{{ messages|unknown_filter }}{% endif %}x
{{ 'a' is unknown_test }}
{% include 'x' %}
{% unknown_tag %}
{% if yes %}
{% for x in messages %}{{ x }}
{{ 1 + }}
{{ (1 }}
{{ 'a
{% break %}
{% if yes %}{% else %}{% else %}{% endif %}
{{ f(a=1, 2) }}
{{ 'a' 'b' "c" }}{{ 1_000 }}{{ 0x1F }}{{ 0b11 }}{{ 1.5E3 }}{{ messages.0.role }}{{ 'é\é\u00e9\x41\101\q' }}
{{ 'a' is string or false }}{{ 1 is odd and true }}{{ {'a': 1}.a }}{{ ({'a': 1}|length) + 1 }}{{ -1|abs }}{{ -(1)|abs }}
"""

WHITESPACE = [
    "  {% if yes %}\n  a\n  {% endif %}\n b\n",
    "  {%+ if yes %}\n  a\n  {%- endif +%}\n b\n\n",
    "a \n {{- 1 -}} \n b {#- c -#} \n d\n{# e #}\nf",
    "a\r\n{% if yes %}\r\n b\r{% endif %}\r\nc\r\n",
    "{% for m in messages -%}\n   {{ m.role }}\n{%- endfor %}\n\n",
    "x {% if yes %} y {% endif %} z\n\t{% if yes %}t{% endif %}",
    "{% raw %}\n a {% endraw %}\n b\n  {%- raw -%}\n c \n{%- endraw -%}\n d",
    "\u00a0{% if yes %}x{% endif %}\u2003\n\u2003{%- if yes %}y{% endif %}",
]


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    class Generation(jinja2.ext.Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

        def _said(self, caller):
            return caller()

    result = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = datetime(2024, 7, 26).strftime
    return result


def main():
    cases = []
    for template in TEMPLATES.strip().split("\n") + WHITESPACE:
        case = {"template": template}
        try:
            case["want"] = environment().from_string(template).render(**json.loads(json.dumps(VARIABLES)))
        except Exception as error:
            case["error"] = type(error).__name__
        cases.append(case)
    source = f"rendered by Python jinja2 {jinja2.__version__} with semantics.py"
    golden = {"source": source, "variables": VARIABLES, "cases": cases}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")


main()
