package io.recthink.text;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values}. */
final class PercentFormat {
    private static final Pattern PART =
            Pattern.compile("%(?:\\(([^()]*)\\))?([-+ 0]*)(\\d{0,9})(?:\\.(\\d{0,9}))?(.)", Pattern.DOTALL);

    private final Budget budget;
    private final Object values;
    private final Iterator<Object> remaining;

    private PercentFormat(Budget budget, Object values) {
        this.budget = budget;
        this.values = values;
        List<Object> list = values instanceof Tuple tuple ? tuple.elements() : Arrays.asList(values);
        this.remaining = list.iterator();
    }

    static String format(Budget budget, String format, Object values) {
        return new PercentFormat(budget, values).format(format);
    }

    private String format(String format) {
        StringBuilder result = new StringBuilder();
        Matcher part = PART.matcher(format);
        int begin = 0;
        for (int next = format.indexOf('%'); next >= 0; next = format.indexOf('%', begin)) {
            if (!part.find(next) || part.start() != next) {
                throw new TemplateException("'" + format + "' has a % that formats nothing");
            }
            String value = value(part);
            budget.characters((long) value.length() + next - begin);
            result.append(format, begin, next).append(value);
            begin = part.end();
        }
        boolean mapping = !(values instanceof Tuple || values instanceof String || Numbers.isNumber(values))
                && values != null
                && (values instanceof Dictionary || values instanceof List<?> || values instanceof Range);
        if (!mapping && remaining.hasNext()) {
            Values.refuseUndefined(values);
            throw new TemplateException("'" + format + "' does not use all values");
        }
        budget.characters(format.length() - begin);
        return result.append(format, begin, format.length()).toString();
    }

    private String value(Matcher part) {
        char type = part.group(5).charAt(0);
        if (type == '%') {
            return "%";
        }
        Object value = part.group(1) == null ? next() : named(part.group(1));
        return switch (type) {
            case 's' -> layout(part, 's').text(budget, Printer.print(budget, value));
            case 'r' -> layout(part, 's').text(budget, Printer.represent(budget, value));
            case 'd', 'i', 'u' -> layout(part, 'd').number(budget, whole(value));
            case 'x', 'X', 'o' -> layout(part, type).number(budget, value);
            case 'f', 'F' -> layout(part, 'f').number(budget, number(value));
            default -> throw new TemplateException("format %" + type + " is not supported");
        };
    }

    private Object next() {
        if (!remaining.hasNext()) {
            throw new TemplateException("not enough values for the format");
        }
        return remaining.next();
    }

    private Object named(String name) {
        if (values instanceof Dictionary dictionary && dictionary.contains(name)) {
            return dictionary.get(name, null);
        }
        throw new TemplateException("the format needs a dictionary with " + name);
    }

    private static Object whole(Object value) {
        return value instanceof Double number ? (Object) Numbers.truncated(number) : number(value);
    }

    private static Object number(Object value) {
        Values.refuseUndefined(value);
        if (!Numbers.isNumber(value)) {
            throw new TemplateException("the format needs a number (was a " + Values.type(value) + ")");
        }
        return value;
    }

    private static NumberFormat layout(Matcher part, char type) {
        String flags = part.group(2);
        int width = part.group(3).isEmpty() ? 0 : Integer.parseInt(part.group(3));
        int precision = part.group(4) == null ? -1 : part.group(4).isEmpty() ? 0 : Integer.parseInt(part.group(4));
        if (width > NumberFormat.MOST || precision > NumberFormat.MOST) {
            throw new TemplateException("a format is wider than " + NumberFormat.MOST);
        }
        if (precision >= 0 && type != 's' && type != 'f') {
            throw new TemplateException("a precision of a whole number is not supported");
        }
        boolean left = flags.contains("-");
        boolean zeros = flags.contains("0") && !left && type != 's';
        char sign = flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-';
        return new NumberFormat(zeros ? "0" : " ", left ? '<' : zeros ? '=' : '>', sign, width, false, precision, type);
    }
}
