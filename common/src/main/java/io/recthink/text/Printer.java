package io.recthink.text;

import java.util.List;

/** Python's {@code str} and {@code repr}. */
final class Printer {
    private final Budget budget;
    private final StringBuilder result = new StringBuilder();

    private Printer(Budget budget) {
        this.budget = budget;
    }

    /** {@code str(value)}. */
    static String print(Budget budget, Object value) {
        if (value instanceof String text) {
            return text;
        } else if (value instanceof Markup markup) {
            return markup.text();
        } else if (value instanceof Undefined) {
            return "";
        }
        return represent(budget, value);
    }

    /** {@code repr(value)}. */
    static String represent(Budget budget, Object value) {
        Printer printer = new Printer(budget);
        printer.append(value);
        return printer.result.toString();
    }

    private void append(Object value) {
        budget.enter();
        try {
            appendWithin(value);
        } finally {
            budget.leave();
        }
    }

    private void appendWithin(Object value) {
        if (value == null) {
            write("None");
        } else if (value instanceof Boolean truth) {
            write(truth ? "True" : "False");
        } else if (value instanceof Long number) {
            write(Long.toString(number));
        } else if (value instanceof Double number) {
            write(Numbers.shown(number));
        } else if (value instanceof String text) {
            budget.characters(text.length());
            write(Texts.quoted(text));
        } else if (value instanceof Markup markup) {
            write("Markup(" + Texts.quoted(markup.text()) + ")");
        } else if (value instanceof Undefined) {
            write("Undefined");
        } else if (value instanceof List<?> list) {
            appendElements("[", list, "]");
        } else if (value instanceof Tuple tuple) {
            appendElements("(", tuple.elements(), tuple.elements().size() == 1 ? ",)" : ")");
        } else if (value instanceof Dictionary dictionary) {
            appendEntries(dictionary);
        } else if (value instanceof View view) {
            appendElements(view.name() + "([", view.elements(), "])");
        } else if (value instanceof Range range) {
            write(range.shown());
        } else if (value instanceof Loop loop) {
            write("<LoopContext " + loop.index() + "/" + loop.length(budget) + ">");
        } else {
            throw new TemplateException("printing a " + Values.type(value) + " is not supported");
        }
    }

    private void appendElements(String begin, List<?> elements, String end) {
        write(begin);
        for (int i = 0; i < elements.size(); i++) {
            write(i == 0 ? "" : ", ");
            append(elements.get(i));
        }
        write(end);
    }

    private void appendEntries(Dictionary dictionary) {
        String separator = "{";
        for (Dictionary.Entry entry : dictionary.entries()) {
            write(separator);
            append(entry.key());
            write(": ");
            append(entry.value());
            separator = ", ";
        }
        write(dictionary.size() == 0 ? "{}" : "}");
    }

    private void write(String text) {
        budget.characters(text.length());
        result.append(text);
    }
}
