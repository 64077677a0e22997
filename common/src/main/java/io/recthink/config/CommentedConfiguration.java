package io.recthink.config;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration as text for people: every key, in the order of the defaults and with their comments. A value that
 * differs from its default names its origin. The text is a valid configuration file.
 */
final class CommentedConfiguration {
    private static final Pattern KEY = Pattern.compile("( *)(\\w+):(?: +(.*))?");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][\\w./-]*");
    private static final List<String> WORDS_OF_YAML =
            List.of("true", "false", "yes", "no", "on", "off", "null", "y", "n");

    private static final Pattern SPECIAL = Pattern.compile("[\\u007f-\\u009f\\u2028\\u2029\\ufeff]");

    private final JsonNode defaults;
    private final JsonNode effective;
    private final Function<JsonPointer, String> origin;

    /** @param origin names where the value at a place was set */
    CommentedConfiguration(JsonNode defaults, JsonNode effective, Function<JsonPointer, String> origin) {
        this.defaults = defaults;
        this.effective = effective;
        this.origin = origin;
    }

    /**
     * The configuration as text, made from the text of the defaults.
     *
     * @param text the defaults as YAML, with two blanks per level and one key per line
     */
    String over(String text) {
        Deque<String> path = new ArrayDeque<>();
        return text.lines().map(line -> line(line, path)).collect(Collectors.joining("\n", "", "\n"));
    }

    private String line(String line, Deque<String> path) {
        Matcher key = KEY.matcher(line);
        if (!key.matches()) {
            return line;
        }
        while (path.size() > key.group(1).length() / 2) {
            path.removeLast();
        }
        path.addLast(key.group(2));
        JsonPointer place = JsonPointer.compile("/" + String.join("/", path));
        JsonNode value = effective.at(place);
        boolean isSection = key.group(3) == null || key.group(3).startsWith("#");
        if (isSection || value.equals(defaults.at(place))) {
            return line;
        }
        String set = key.group(1) + key.group(2) + ": " + written(value);
        return "%-32s# %s%s".formatted(set + " ", origin.apply(place), comment(key.group(3)));
    }

    /** The comment after a default value. The value may contain {@code #} in quotes. */
    private static String comment(String valueAndComment) {
        int at = valueAndComment.indexOf(" #");
        return at < 0 ? "" : "; " + valueAndComment.substring(at + 2).strip();
    }

    /** JSON with escapes for the characters that YAML reads as line ends or refuses. */
    private static String escaped(String json) {
        return SPECIAL.matcher(json)
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    private static String written(JsonNode value) {
        boolean isPlain = value.isTextual()
                && PLAIN.matcher(value.textValue()).matches()
                && !WORDS_OF_YAML.contains(value.textValue().toLowerCase(Locale.ROOT));
        return isPlain ? value.textValue() : escaped(value.toString()); // JSON is valid YAML
    }
}
