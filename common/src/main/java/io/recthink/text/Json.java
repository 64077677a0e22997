package io.recthink.text;

import io.recthink.text.Arguments.Bound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The filter {@code tojson} of transformers, which is Python's {@code json.dumps}. */
final class Json {
    private final Budget budget;
    private final boolean ascii;
    private final boolean sorted;
    private final String indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final StringBuilder result = new StringBuilder();

    private Json(Budget budget, Bound options) {
        this.budget = budget;
        this.ascii = options.truth("ensure_ascii");
        this.sorted = options.truth("sort_keys");
        this.indent = indent(budget, options.get("indent", null));
        List<Object> separators = Values.sequenceOrNull(options.get("separators", null));
        if (separators == null) {
            Values.refuseUndefined(options.get("separators", null));
            this.itemSeparator = indent == null ? ", " : ",";
            this.keySeparator = ": ";
        } else {
            this.itemSeparator = Values.text("tojson", separators.get(0));
            this.keySeparator = Values.text("tojson", separators.get(1));
        }
    }

    static Object write(Budget budget, Object value, Arguments arguments) {
        Json json = new Json(budget, arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"));
        json.append(value, 1);
        return json.result.toString();
    }

    private static String indent(Budget budget, Object indent) {
        Values.refuseUndefined(indent);
        if (indent == null || indent instanceof String) {
            return (String) indent;
        }
        return Texts.repeat(budget, " ", Values.integer("tojson", indent));
    }

    private void append(Object value, int level) {
        budget.enter();
        try {
            appendWithin(value, level);
        } finally {
            budget.leave();
        }
    }

    private void appendWithin(Object value, int level) {
        List<Object> elements = value instanceof Range ? null : Values.sequenceOrNull(value);
        if (elements != null) {
            appendElements(elements, level);
        } else if (value instanceof Dictionary dictionary) {
            appendEntries(dictionary, level);
        } else if (value instanceof String || value instanceof Markup) {
            appendText(Values.text("tojson", value));
        } else {
            write(scalar(value));
        }
    }

    private static String scalar(Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        } else if (value instanceof Double number) {
            return Double.isNaN(number)
                    ? "NaN"
                    : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Numbers.shown(number);
        }
        Values.refuseUndefined(value);
        throw new TemplateException("tojson cannot write a " + Values.type(value));
    }

    private void appendElements(List<Object> elements, int level) {
        write("[");
        for (int i = 0; i < elements.size(); i++) {
            write(i == 0 ? "" : itemSeparator);
            startLine(level);
            append(elements.get(i), level + 1);
        }
        endLines(elements.isEmpty(), level);
        write("]");
    }

    private void appendEntries(Dictionary dictionary, int level) {
        List<Dictionary.Entry> entries = new ArrayList<>(dictionary.entries());
        if (sorted) {
            entries.sort(
                    Comparator.comparing(Dictionary.Entry::key, (left, right) -> Values.order(budget, left, right)));
        }
        write("{");
        for (int i = 0; i < entries.size(); i++) {
            write(i == 0 ? "" : itemSeparator);
            startLine(level);
            Object key = entries.get(i).key();
            appendText(key instanceof String text ? text : scalar(key));
            write(keySeparator);
            append(entries.get(i).value(), level + 1);
        }
        endLines(entries.isEmpty(), level);
        write("}");
    }

    private void startLine(int level) {
        if (indent != null) {
            write("\n");
            write(Texts.repeat(budget, indent, level));
        }
    }

    private void endLines(boolean empty, int level) {
        if (!empty) {
            startLine(level - 1);
        }
    }

    private void appendText(String text) {
        budget.characters(2L * text.length());
        result.append('"');
        for (int i = 0; i < text.length(); i++) {
            appendCharacter(text.charAt(i));
        }
        result.append('"');
    }

    private void appendCharacter(char character) {
        switch (character) {
            case '"' -> result.append("\\\"");
            case '\\' -> result.append("\\\\");
            case '\n' -> result.append("\\n");
            case '\r' -> result.append("\\r");
            case '\t' -> result.append("\\t");
            case '\f' -> result.append("\\f");
            case '\b' -> result.append("\\b");
            default -> {
                if (character < 0x20 || (ascii && character > 0x7e)) {
                    budget.characters(6);
                    result.append("\\u%04x".formatted((int) character));
                } else {
                    result.append(character);
                }
            }
        }
    }

    private void write(String text) {
        budget.characters(text.length());
        result.append(text);
    }
}
