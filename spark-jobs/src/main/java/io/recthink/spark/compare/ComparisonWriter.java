package io.recthink.spark.compare;

import io.recthink.metric.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A comparison as text: aligned columns for a terminal, Markdown, and CSV in full precision. */
final class ComparisonWriter {
    private static final String CSV_HEADER =
            "system,readout,seed,trivial,n,failed,mae,maeLow,maeHigh,rmse,rmseLow,rmseHigh,maeParsed,"
                    + "maeDifference,maeDifferenceLow,maeDifferenceHigh,beatsPromptMeans";

    private final Comparison comparison;

    ComparisonWriter(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Columns aligned by blanks, 4 decimals. */
    String console() {
        StringBuilder text = new StringBuilder();
        List<List<String>> table = table();
        List<String> lines = aligned(table);
        int trivial =
                (int) comparison.rows().stream().filter(ComparisonRow::trivial).count();
        lines.add(1, "-".repeat(lines.get(0).length()));
        if (trivial < comparison.rows().size()) {
            lines.add(2 + trivial, lines.get(1));
        }
        lines.forEach(line -> text.append(line.stripTrailing()).append('\n'));
        notes().forEach(note -> text.append(note).append('\n'));
        comparison.focus().ifPresent(focus -> {
            text.append('\n').append(focusTitle(focus)).append('\n');
            aligned(focusTable())
                    .forEach(line -> text.append(line.stripTrailing()).append('\n'));
        });
        return text.toString();
    }

    /** The same as Markdown tables. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        appendMarkdown(text, table());
        text.append('\n');
        notes().forEach(note -> text.append(note.replace("*", "\\*")).append("  \n"));
        comparison.focus().ifPresent(focus -> {
            text.append('\n').append(focusTitle(focus)).append("\n\n");
            appendMarkdown(text, focusTable());
        });
        return text.toString();
    }

    /** One line a row, numbers as they are. */
    String csv() {
        return Stream.concat(Stream.of(CSV_HEADER), comparison.rows().stream().map(ComparisonWriter::csv))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The second block, one line a row; empty without a system in focus. */
    String focusCsv() {
        return comparison.focusRows().stream()
                .map(row -> Stream.of(
                                quoted(row.other().system()),
                                quoted(row.other().readout()),
                                Long.toString(row.other().seed()),
                                Double.toString(row.difference()),
                                Double.toString(row.interval().low()),
                                Double.toString(row.interval().high()))
                        .collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n", "other,readout,seed,maeDifference,low,high\n", "\n"));
    }

    private static String csv(ComparisonRow row) {
        return Stream.of(
                        quoted(row.key().system()),
                        quoted(row.key().readout()),
                        row.key().seed(),
                        row.trivial(),
                        row.rows(),
                        row.failed(),
                        row.mae(),
                        row.maeInterval().low(),
                        row.maeInterval().high(),
                        row.rmse(),
                        row.rmseInterval().low(),
                        row.rmseInterval().high(),
                        row.parsedMae().isPresent() ? row.parsedMae().getAsDouble() : "",
                        row.difference(),
                        row.differenceInterval().low(),
                        row.differenceInterval().high(),
                        row.beatsPromptMeans())
                .map(Object::toString)
                .collect(Collectors.joining(","));
    }

    private static String quoted(String value) {
        return value.matches("[^\",\r\n]*") ? value : "\"" + value.replace("\"", "\"\"") + "\"";
    }

    private List<List<String>> table() {
        boolean seeds = comparison.rows().stream()
                        .filter(row -> !row.trivial())
                        .map(row -> row.key().seed())
                        .distinct()
                        .count()
                > 1;
        List<List<String>> table = new ArrayList<>();
        String interval = String.format(Locale.ROOT, "[%s%% CI]", percent(comparison.confidence()));
        List<String> header = new ArrayList<>(List.of("system", "read-out"));
        if (seeds) {
            header.add("seed");
        }
        header.addAll(List.of(
                "n",
                "failed %",
                "MAE " + interval,
                "RMSE " + interval,
                "MAE - " + comparison.reference().system() + " " + interval,
                "MAE parsed"));
        table.add(header);
        for (ComparisonRow row : comparison.rows()) {
            List<String> cells = new ArrayList<>(List.of(
                    row.key().system() + (marked(row) ? " *" : ""), row.key().readout()));
            if (seeds) {
                cells.add(Long.toString(row.key().seed()));
            }
            cells.addAll(List.of(
                    Long.toString(row.rows()),
                    String.format(Locale.ROOT, "%.1f", row.failedPercent()),
                    number(row.mae()) + " " + interval(row.maeInterval()),
                    number(row.rmse()) + " " + interval(row.rmseInterval()),
                    row.key().equals(comparison.reference())
                            ? "reference"
                            : signed(row.difference()) + " " + signedInterval(row.differenceInterval()),
                    row.parsedMae().isPresent() ? number(row.parsedMae().getAsDouble()) : "-"));
            table.add(cells);
        }
        return table;
    }

    private List<List<String>> focusTable() {
        List<List<String>> table = new ArrayList<>();
        table.add(List.of(
                "system",
                "read-out",
                String.format(Locale.ROOT, "MAE difference [%s%% CI]", percent(comparison.confidence())),
                ""));
        for (FocusRow row : comparison.focusRows()) {
            String verdict =
                    !row.interval().excludesZero() ? "not told apart" : row.difference() < 0 ? "better" : "worse";
            table.add(List.of(
                    row.other().system(),
                    row.other().readout(),
                    signed(row.difference()) + " " + signedInterval(row.interval()),
                    verdict));
        }
        return table;
    }

    private static String focusTitle(SystemKey focus) {
        return "MAE of " + focus.system() + " (" + focus.readout() + ") minus that of each other row:";
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(comparison.notes());
        if (comparison.rows().stream().anyMatch(ComparisonWriter::marked)) {
            notes.add("* does not beat " + TrivialPredictors.PROMPT_MEANS
                    + ", the regression on numbers that a prompt may show.");
        }
        return notes;
    }

    private static boolean marked(ComparisonRow row) {
        return !row.trivial() && !row.beatsPromptMeans();
    }

    private static List<String> aligned(List<List<String>> table) {
        int[] widths = IntStream.range(0, table.get(0).size())
                .map(column -> table.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>();
        for (List<String> row : table) {
            lines.add(IntStream.range(0, widths.length)
                    .mapToObj(column -> padded(row.get(column), widths[column]))
                    .collect(Collectors.joining("  ")));
        }
        return lines;
    }

    private static String padded(String cell, int width) {
        return cell + " ".repeat(width - cell.length());
    }

    private static void appendMarkdown(StringBuilder text, List<List<String>> table) {
        for (int i = 0; i < table.size(); i++) {
            text.append("| ")
                    .append(table.get(i).stream()
                            .map(cell -> cell.replace("|", "\\|").replace("*", "\\*"))
                            .collect(Collectors.joining(" | ")))
                    .append(" |\n");
            if (i == 0) {
                text.append("|").append("---|".repeat(table.get(0).size())).append('\n');
            }
        }
    }

    private static String percent(double confidence) {
        return java.math.BigDecimal.valueOf(confidence)
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String signed(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }

    private static String interval(Interval interval) {
        return "[" + number(interval.low()) + ", " + number(interval.high()) + "]";
    }

    private static String signedInterval(Interval interval) {
        return "[" + signed(interval.low()) + ", " + signed(interval.high()) + "]";
    }
}
