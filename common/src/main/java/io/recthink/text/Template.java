package io.recthink.text;

import io.recthink.InvalidInputException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/**
 * A template in the subset of Jinja that chat templates use. It is parsed once and can be rendered many times. A
 * template can read only its variables, and each rendering has a {@link Budget}. Safe for use by several threads.
 */
public final class Template {
    private static final int LONGEST = 2 << 20;
    private static final int LONGEST_MESSAGE = 1000;

    private final String source;
    private final Statement.Body body;
    private final Map<String, Object> functions;

    private Template(String source, Statement.Body body, Map<String, Object> functions) {
        this.source = source;
        this.body = body;
        this.functions = functions;
    }

    /**
     * Parses a template.
     *
     * @param source the name of the template in messages
     * @param text the template, at most 2^21 characters
     * @param today the day of {@code strftime_now}, whose time is the first second of the day
     * @throws InvalidInputException naming the line of an error or an unsupported feature
     */
    public static Template parse(String source, String text, LocalDate today) {
        if (text.length() > LONGEST) {
            throw new InvalidInputException(source + " has " + text.length() + " characters, the most is " + LONGEST
                    + "; a chat template has a few thousand");
        }
        try {
            return new Template(source, Parser.parse(text), Globals.functions(today));
        } catch (LocatedException e) {
            throw refusal(source, e);
        }
    }

    /**
     * Renders the template.
     *
     * @param variables by name: strings, numbers, booleans, nulls, and lists and maps of these
     * @throws InvalidInputException naming the line where the template fails, refuses its variables or exceeds its
     *     budget
     */
    public String render(Map<String, Object> variables) {
        Budget budget = new Budget();
        try {
            Map<String, Object> values = new HashMap<>(functions);
            variables.forEach((name, value) -> values.put(name, Values.of(value)));
            Output output = new Output(budget);
            body.execute(new Frame(new Frame(budget, values)), output);
            return output.text();
        } catch (LocatedException e) {
            throw refusal(source, e);
        } catch (TemplateException e) {
            throw new InvalidInputException(source + ": " + e.getMessage(), e);
        }
    }

    private static InvalidInputException refusal(String source, LocatedException e) {
        String message = e.getMessage();
        // A template can put a long text into its message.
        String shown = message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) + "..." : message;
        return new InvalidInputException(source + ", line " + e.line() + ": " + shown, e);
    }
}
