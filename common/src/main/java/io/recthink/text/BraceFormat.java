package io.recthink.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code str.format}, for fields with a number or a name. */
final class BraceFormat {
    private static final Pattern FIELD = Pattern.compile("([^{}!:.\\[]*)(?:!([rs]))?(?::([^{}]*))?}");
    private static final Pattern LAYOUT = Pattern.compile(
            "(?:(.)?([<>^=]))?([-+ ])?(0)?(\\d{0,9})(,)?(?:\\.(\\d{1,9}))?([a-zA-Z%])?", Pattern.DOTALL);

    private final Budget budget;
    private final Arguments arguments;
    private int automatic;
    private boolean numbered;

    private BraceFormat(Budget budget, Arguments arguments) {
        this.budget = budget;
        this.arguments = arguments;
    }

    static String format(Budget budget, String format, Arguments arguments) {
        return new BraceFormat(budget, arguments).format(format);
    }

    private String format(String format) {
        StringBuilder result = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        for (int i = 0; i < format.length(); ) {
            char character = format.charAt(i);
            boolean brace = character == '{' || character == '}';
            if (!brace || format.startsWith(String.valueOf(character).repeat(2), i)) {
                result.append(character);
                i += brace ? 2 : 1;
            } else if (character == '{' && field.region(i + 1, format.length()).lookingAt()) {
                String value = value(field);
                budget.characters(value.length());
                result.append(value);
                i = field.end();
            } else {
                throw new TemplateException("format '" + format + "': this kind of field is not supported");
            }
        }
        budget.characters(result.length());
        return result.toString();
    }

    private String value(Matcher field) {
        Object value = argument(field.group(1));
        String conversion = field.group(2);
        if (conversion != null) {
            value = conversion.equals("r") ? Printer.represent(budget, value) : Printer.print(budget, value);
        }
        String layout = field.group(3);
        if (layout == null || layout.isEmpty()) {
            return Printer.print(budget, value);
        }
        if (value instanceof String text) {
            return layout(layout, 's').text(budget, text);
        }
        if (value instanceof Double && !layout.matches(".*[fF%]")) {
            throw new TemplateException("format '" + layout + "' of a number needs the type f");
        }
        if (!Numbers.isNumber(value)) {
            throw new TemplateException("format '" + layout + "' is not supported for a " + Values.type(value));
        }
        return layout(layout, 'd').number(budget, value);
    }

    private Object argument(String name) {
        if (name.isEmpty() || name.matches("\\d+")) {
            if (name.isEmpty() ? numbered : automatic > 0) {
                throw new TemplateException("format: fields with and without numbers are mixed");
            }
            numbered = !name.isEmpty();
            int index = name.isEmpty() ? automatic++ : name.length() > 6 ? Integer.MAX_VALUE : Integer.parseInt(name);
            if (index >= arguments.positional().size()) {
                throw new TemplateException("format: there is no argument " + index);
            }
            return arguments.positional().get(index);
        }
        if (!arguments.keyword().containsKey(name)) {
            throw new TemplateException("format: there is no argument " + name);
        }
        return arguments.keyword().get(name);
    }

    private static NumberFormat layout(String layout, char ownType) {
        Matcher part = LAYOUT.matcher(layout);
        if (!part.matches()) {
            throw new TemplateException("format '" + layout + "' is not supported");
        }
        boolean zeros = part.group(4) != null;
        char align = part.group(2) != null ? part.group(2).charAt(0) : zeros && ownType != 's' ? '=' : 0;
        String fill = part.group(1) != null ? part.group(1) : zeros ? "0" : " ";
        int width = part.group(5).isEmpty() ? 0 : Integer.parseInt(part.group(5));
        int precision = part.group(7) == null ? -1 : Integer.parseInt(part.group(7));
        char type = part.group(8) == null ? ownType : part.group(8).charAt(0);
        boolean text = ownType == 's';
        boolean misplaced = text
                ? type != 's' || part.group(3) != null || part.group(6) != null
                : (precision >= 0 && "fF%".indexOf(type) < 0) || (part.group(6) != null && "dfF%".indexOf(type) < 0);
        if (misplaced || width > NumberFormat.MOST || precision > NumberFormat.MOST) {
            throw new TemplateException("format '" + layout + "' is not supported here");
        }
        char sign = part.group(3) == null ? '-' : part.group(3).charAt(0);
        return new NumberFormat(fill, align, sign, width, part.group(6) != null, precision, type);
    }
}
