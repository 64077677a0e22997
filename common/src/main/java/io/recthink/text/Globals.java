package io.recthink.text;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The functions that every template can call. */
final class Globals {
    // LONGEST_DATE is the number of characters that one letter of a date format can produce. COST_OF_DATES is its work,
    // counted as characters read.
    private static final int LONGEST_DATE = 24;
    private static final long COST_OF_DATES = 1024;

    private Globals() {}

    /**
     * The functions by name.
     *
     * @param today the day of {@code strftime_now}
     */
    static Map<String, Object> functions(LocalDate today) {
        Map<String, Object> functions = new HashMap<>();
        functions.put("raise_exception", (Callable) (budget, arguments) -> {
            throw new TemplateException(Printer.print(
                    budget, arguments.bind("raise_exception", "message").required("message")));
        });
        functions.put("strftime_now", (Callable) (budget, arguments) -> {
            String format = arguments.bind("strftime_now", "format").text("format");
            budget.characters((long) LONGEST_DATE * format.length());
            budget.scan(COST_OF_DATES * format.length());
            return Strftime.format(today, format);
        });
        functions.put("namespace", (Callable) Globals::namespace);
        functions.put("dict", (Callable) Globals::dictionary);
        functions.put("range", (Callable) (budget, arguments) -> {
            if (!arguments.keyword().isEmpty()) {
                throw new TemplateException("range takes no keyword arguments");
            }
            return Range.of(arguments.positional());
        });
        functions.put("cycler", (Callable) (budget, arguments) -> {
            arguments.after(arguments.positional().size()).bind("cycler");
            return new Cycler(arguments.positional());
        });
        functions.put("joiner", (Callable) (budget, arguments) ->
                new Joiner(arguments.bind("joiner", "sep").get("sep", ", ")));
        functions.put("lipsum", (Callable) (budget, arguments) -> {
            throw new TemplateException("function lipsum is not available to templates");
        });
        return functions;
    }

    static Dictionary dictionary(Budget budget, Arguments arguments) {
        Dictionary dictionary = new Dictionary();
        if (arguments.positional().size() > 1) {
            throw new TemplateException("dict takes at most one argument without a name");
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Dictionary other) {
                other.entries().forEach(entry -> put(budget, dictionary, entry.key(), entry.value()));
            } else {
                putPairs(budget, dictionary, source);
            }
        }
        arguments.keyword().forEach((key, value) -> put(budget, dictionary, key, value));
        return dictionary;
    }

    private static void putPairs(Budget budget, Dictionary dictionary, Object pairs) {
        for (Iterator<Object> iterator = Values.iterate(budget, pairs); iterator.hasNext(); ) {
            List<Object> pair = Values.list(budget, iterator.next());
            if (pair.size() != 2) {
                throw new TemplateException("dict needs pairs of a key and a value");
            }
            put(budget, dictionary, pair.get(0), pair.get(1));
        }
    }

    private static void put(Budget budget, Dictionary dictionary, Object key, Object value) {
        budget.entry();
        dictionary.put(key, value);
    }

    private static Namespace namespace(Budget budget, Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Dictionary.Entry entry : dictionary(budget, arguments).entries()) {
            namespace.set(Values.text("namespace", entry.key()), entry.value());
        }
        return namespace;
    }
}
