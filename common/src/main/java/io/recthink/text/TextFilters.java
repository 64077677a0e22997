package io.recthink.text;

import static java.util.Map.entry;

import io.recthink.text.Arguments.Bound;
import io.recthink.text.Filters.Filter;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters with a text as result. */
final class TextFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            entry("string", TextFilters::string),
            entry("upper", simple("upper", Texts::upper)),
            entry("lower", simple("lower", Texts::lower)),
            entry("capitalize", simple("capitalize", Texts::capitalize)),
            entry("title", simple("title", TextFilters::title)),
            entry("trim", TextFilters::trim),
            entry("replace", TextFilters::replace),
            entry("format", TextFilters::format),
            entry("indent", TextFilters::indent),
            entry("center", TextFilters::center),
            entry("truncate", TextFilters::truncate),
            entry("wordcount", TextFilters::wordCount),
            entry("safe", TextFilters::safe),
            entry("escape", TextFilters::escape),
            entry("e", TextFilters::escape),
            entry("forceescape", TextFilters::forceEscape));

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
    private static final Pattern BEGINNING = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    private static Filter simple(String name, UnaryOperator<String> function) {
        return (budget, value, arguments) -> {
            arguments.bind(name);
            String text = Printer.print(budget, value);
            budget.characters(text.length());
            budget.scan(16L * text.length());
            return marked(value, function.apply(text));
        };
    }

    private static Object marked(Object like, String text) {
        return like instanceof Markup ? new Markup(text) : text;
    }

    private static String title(String text) {
        StringBuilder result = new StringBuilder();
        Matcher between = BEGINNING.matcher(text);
        int begin = 0;
        while (between.find()) {
            titleWord(text.substring(begin, between.start()), result);
            result.append(between.group());
            begin = between.end();
        }
        titleWord(text.substring(begin), result);
        return result.toString();
    }

    private static void titleWord(String word, StringBuilder result) {
        int first = word.isEmpty() ? 0 : word.offsetByCodePoints(0, 1);
        result.append(Texts.upper(word.substring(0, first))).append(Texts.lower(word.substring(first)));
    }

    private static Object string(Budget budget, Object value, Arguments arguments) {
        arguments.bind("string");
        return value instanceof Markup ? value : Printer.print(budget, value);
    }

    private static Object trim(Budget budget, Object value, Arguments arguments) {
        Object characters = arguments.bind("trim", "chars").get("chars", null);
        String text = Printer.print(budget, value);
        budget.characters(text.length());
        return marked(
                value, Texts.strip(text, characters == null ? null : Values.text("trim", characters), true, true));
    }

    private static Object replace(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("replace", "old", "new", "count");
        Object count = bound.get("count", null);
        return Texts.replace(
                budget,
                Printer.print(budget, value),
                Printer.print(budget, bound.required("old")),
                Printer.print(budget, bound.required("new")),
                count == null ? -1 : Values.integer("replace", count));
    }

    private static Object format(Budget budget, Object value, Arguments arguments) {
        boolean named = !arguments.keyword().isEmpty();
        if (named && !arguments.positional().isEmpty()) {
            throw new TemplateException("format takes arguments either with or without names");
        }
        Object values = named ? Globals.dictionary(budget, arguments) : new Tuple(List.copyOf(arguments.positional()));
        return PercentFormat.format(budget, Printer.print(budget, value), values);
    }

    private static Object indent(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("indent", "width", "first", "blank");
        Object width = bound.get("width", 4L);
        String indentation =
                width instanceof String text ? text : Texts.repeat(budget, " ", Values.integer("indent", width));
        String text = Values.text("indent", value) + "\n";
        budget.elements(text.length());
        StringBuilder result = new StringBuilder(bound.truth("first") ? indentation : "");
        boolean first = true;
        for (Object line : Texts.lines(text, false)) {
            boolean indented = !first && (bound.truth("blank") || !line.equals(""));
            budget.characters(indented ? indentation.length() : 0);
            result.append(first ? "" : "\n").append(indented ? indentation : "").append(line);
            first = false;
        }
        budget.characters(result.length());
        return marked(value, result.toString());
    }

    private static Object center(Budget budget, Object value, Arguments arguments) {
        long width = arguments.bind("center", "width").integer("width", 80);
        return marked(value, (String)
                StringMethods.call(budget, Printer.print(budget, value), "center", Arguments.of(width)));
    }

    private static Object truncate(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("truncate", "length", "killwords", "end", "leeway");
        String text = Values.text("truncate", value);
        String end = bound.text("end", "...");
        long length = bound.integer("length", 255);
        Object leeway = bound.get("leeway", null);
        long tolerated = leeway == null ? 5 : Values.integer("truncate", leeway);
        if (length < Texts.length(end) || tolerated < 0) {
            throw new TemplateException(
                    "truncate: the length must be at least the length of the end, the leeway at least 0");
        }
        if (Texts.length(text) - tolerated <= length) {
            return value;
        }
        budget.characters(text.length());
        String kept = text.substring(0, text.offsetByCodePoints(0, (int) (length - Texts.length(end))));
        int space = bound.truth("killwords") ? -1 : kept.lastIndexOf(' ');
        return marked(value, (space < 0 ? kept : kept.substring(0, space)) + end);
    }

    private static Object wordCount(Budget budget, Object value, Arguments arguments) {
        arguments.bind("wordcount");
        String text = Printer.print(budget, value);
        budget.scan(32L * text.length());
        return WORD.matcher(text).results().count();
    }

    private static Object safe(Budget budget, Object value, Arguments arguments) {
        arguments.bind("safe");
        return new Markup(Printer.print(budget, value));
    }

    private static Object escape(Budget budget, Object value, Arguments arguments) {
        return value instanceof Markup ? value : forceEscape(budget, value, arguments);
    }

    private static Object forceEscape(Budget budget, Object value, Arguments arguments) {
        arguments.bind("escape");
        String text = Printer.print(budget, value);
        budget.characters(5L * text.length());
        return Markup.escape(text);
    }
}
