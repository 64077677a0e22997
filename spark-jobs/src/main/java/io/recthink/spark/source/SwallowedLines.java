package io.recthink.spark.source;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/**
 * Finds rows inside the fields of a row. A line is a row if it has as many fields as the table and its number columns
 * contain only numbers or blanks. At least one of them must contain a number. Prose of several lines does not match.
 */
final class SwallowedLines implements Serializable {
    private static final long serialVersionUID = 1;

    private final int columns;
    private final String separator;
    private final String quote;
    private final List<Integer> numbers;

    /**
     * @param columns the number of columns of the table
     * @param quote may be empty
     * @param numbers the positions of the columns that contain numbers, at least one
     */
    SwallowedLines(int columns, String separator, String quote, List<Integer> numbers) {
        this.columns = columns;
        this.separator = separator;
        this.quote = quote;
        this.numbers = new ArrayList<>(numbers);
    }

    /**
     * Returns the lines inside a row that are rows themselves. It skips the first line of each field.
     *
     * @param unparsed the text of a row that cannot be parsed; otherwise null
     * @param fields the fields of a row that can be parsed
     */
    String[] of(String unparsed, Row fields) {
        if (columns < 2) {
            return new String[0];
        }
        Stream<String> texts = unparsed != null
                ? Stream.of(unparsed)
                : IntStream.range(0, fields.size()).mapToObj(fields::getString).filter(Objects::nonNull);
        return texts.filter(text -> text.indexOf('\n') >= 0)
                .flatMap(text -> text.lines().skip(1))
                .filter(this::isRow)
                .toArray(String[]::new);
    }

    private boolean isRow(String line) {
        List<String> fields = fields(line);
        return fields.size() == columns
                && numbers.stream().anyMatch(column -> isNumber(fields.get(column)))
                && numbers.stream().map(fields::get).allMatch(field -> field.isBlank() || isNumber(field));
    }

    private List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < line.length(); i++) {
            if (!quote.isEmpty() && line.startsWith(quote, i)) {
                quoted = !quoted;
            } else if (!quoted && line.startsWith(separator, i)) {
                fields.add(line.substring(start, i));
                start = i + separator.length();
                i = start - 1;
            }
        }
        fields.add(line.substring(start));
        return fields;
    }

    static boolean isNumber(String text) {
        return text.strip().matches("\"?[-+]?[0-9]+([.,][0-9]+)?([eE][-+]?[0-9]+)?\"?");
    }
}
