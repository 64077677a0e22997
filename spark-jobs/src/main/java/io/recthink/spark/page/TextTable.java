package io.recthink.spark.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table of words and rounded numbers.
 *
 * @param header one name per column
 * @param rows each as long as the header
 * @param rules the numbers of the rows with a line above them
 */
public record TextTable(List<String> header, List<List<String>> rows, List<Integer> rules) {
    private static final Map<Character, String> LATEX = Map.ofEntries(
            Map.entry('\\', "\\textbackslash{}"),
            Map.entry('&', "\\&"),
            Map.entry('%', "\\%"),
            Map.entry('$', "\\$"),
            Map.entry('#', "\\#"),
            Map.entry('_', "\\_"),
            Map.entry('{', "\\{"),
            Map.entry('}', "\\}"),
            Map.entry('~', "\\textasciitilde{}"),
            Map.entry('^', "\\textasciicircum{}"),
            Map.entry('<', "\\textless{}"),
            Map.entry('>', "\\textgreater{}"));

    public TextTable {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
        rules = List.copyOf(rules);
    }

    /** The table as plain text, with columns aligned by blanks. */
    public String console() {
        int[] widths = IntStream.range(0, header.size())
                .map(column -> Math.max(
                        header.get(column).length(),
                        rows.stream()
                                .mapToInt(row -> row.get(column).length())
                                .max()
                                .orElse(0)))
                .toArray();
        String rule = "-".repeat(IntStream.of(widths).sum() + 2 * (widths.length - 1));
        List<String> lines = new ArrayList<>(List.of(aligned(header, widths), rule));
        for (int row = 0; row < rows.size(); row++) {
            if (rules.contains(row)) {
                lines.add(rule);
            }
            lines.add(aligned(rows.get(row), widths));
        }
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static String aligned(List<String> cells, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(column -> cells.get(column)
                        + " ".repeat(widths[column] - cells.get(column).length()))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    /** The table in GitHub's Markdown. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        appendMarkdown(text, header);
        text.append('|').append("---|".repeat(header.size())).append('\n');
        rows.forEach(row -> appendMarkdown(text, row));
        return text.toString();
    }

    private static void appendMarkdown(StringBuilder text, List<String> cells) {
        text.append(cells.stream()
                .map(cell -> cell.replace("|", "\\|").replace("*", "\\*"))
                .collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /**
     * The table as a LaTeX {@code tabular} with the rules of the package booktabs; only the first column is
     * left-aligned.
     */
    public String latex() {
        StringBuilder text = new StringBuilder("\\begin{tabular}{l" + "r".repeat(header.size() - 1) + "}\n\\toprule\n");
        appendLatex(text, header);
        text.append("\\midrule\n");
        for (int row = 0; row < rows.size(); row++) {
            if (rules.contains(row)) {
                text.append("\\midrule\n");
            }
            appendLatex(text, rows.get(row));
        }
        return text.append("\\bottomrule\n\\end{tabular}\n").toString();
    }

    private static void appendLatex(StringBuilder text, List<String> cells) {
        text.append(cells.stream().map(TextTable::latex).collect(Collectors.joining(" & ", "", " \\\\\n")));
    }

    private static String latex(String cell) {
        return cell.chars()
                .mapToObj(c -> LATEX.getOrDefault((char) c, String.valueOf((char) c)))
                .collect(Collectors.joining());
    }
}
