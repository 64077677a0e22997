/**
 * Renders text templates in the subset of Jinja that the chat templates of language models use, as
 * {@code tokenizer.apply_chat_template} of transformers does.
 *
 * <p>The language is that of the <a href="https://jinja.palletsprojects.com/en/stable/templates/">template designer
 * documentation</a> and of jinja2 3.1.6, with which it was compared, in the environment that transformers sets up: an
 * immutable sandbox with {@code trim_blocks}, {@code lstrip_blocks}, {@code break} and {@code continue},
 * {@code generation} blocks, {@code raise_exception}, {@code strftime_now} and a {@code tojson} that escapes no HTML.
 * Values follow Python: {@link io.recthink.text.Values}.
 *
 * <p>Left out, and refused by name: {@code include}, {@code import}, {@code extends}, {@code block} and
 * {@code autoescape}; the filters {@code filesizeformat}, {@code groupby}, {@code pprint}, {@code random},
 * {@code striptags}, {@code urlencode}, {@code urlize}, {@code wordwrap} and {@code xmlattr}; whole numbers beyond 64
 * bits; tuples as keys. What would print an address in Python is refused, too.
 *
 * <p>One known difference: jinja2 decides when it compiles a template to which scope a variable belongs. Where the template
 * sets one of its own input variables only after a loop or macro has read it, jinja2 finds it undefined there; here it has
 * the value that was handed in.
 *
 * <p>{@link io.recthink.text.Lexer} cuts the text into tokens, {@link io.recthink.text.Parser} makes
 * {@link io.recthink.text.Statement}s and {@link io.recthink.text.Expression}s of them, which evaluate themselves.
 */
package io.recthink.text;
