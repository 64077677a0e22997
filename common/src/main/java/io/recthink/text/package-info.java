/**
 * Renders text templates in the subset of Jinja that the chat templates of language models use. The result is the same
 * as from {@code tokenizer.apply_chat_template} of transformers.
 *
 * <p>The language is described in the <a href="https://jinja.palletsprojects.com/en/stable/templates/">template
 * designer documentation</a>. The package was compared with jinja2 3.1.6, in the environment that transformers sets up.
 * This environment is an immutable sandbox with {@code trim_blocks}, {@code lstrip_blocks}, {@code break} and
 * {@code continue}, {@code generation} blocks, {@code raise_exception}, {@code strftime_now} and a {@code tojson} that
 * escapes no HTML. Values follow Python: {@link io.recthink.text.Values}.
 *
 * <p>These features are not supported, and using one is an error:
 *
 * <ul>
 *   <li>the tags {@code include}, {@code import}, {@code from}, {@code extends}, {@code block} and {@code autoescape};
 *   <li>the filters {@code filesizeformat}, {@code groupby}, {@code pprint}, {@code random}, {@code striptags},
 *       {@code urlencode}, {@code urlize}, {@code wordwrap} and {@code xmlattr};
 *   <li>whole numbers beyond 64 bits, and tuples as keys;
 *   <li>printing a value that Python prints with its memory address.
 * </ul>
 *
 * <p>One difference is known: jinja2 decides the scope of a variable when it compiles a template. A template may set
 * one of its own input variables after a loop or macro has read it. In jinja2 the variable is then undefined in the
 * loop or macro; here it has its input value.
 *
 * <p>{@link io.recthink.text.Lexer} splits the text into tokens. {@link io.recthink.text.Parser} parses the tokens to
 * {@link io.recthink.text.Statement}s and {@link io.recthink.text.Expression}s, which evaluate themselves.
 */
package io.recthink.text;
