package io.recthink.spark.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.compare.Lead;
import io.recthink.spark.page.TextTable;
import java.util.List;
import java.util.Locale;

/**
 * The results of the probes except the errors.
 *
 * @param policy the probed policy
 * @param answers one for each changed prompt
 * @param spread spread of samples from the unchanged prompts
 */
record ProbeReport(String policy, List<Answers> answers, Spread spread) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    ProbeReport {
        answers = List.copyOf(answers);
    }

    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String markdown() {
        return table().markdown() + "\n" + spreadLine() + "\n";
    }

    String console() {
        return table().console() + spreadLine() + "\n";
    }

    /** The first part of the page. */
    Lead lead() {
        return new Lead(
                "probe",
                "What changes the answers of " + policy + "?",
                "How many answers a changed prompt changes, and by how much",
                table(),
                List.of(
                        "The table uses the rows whose answer can be read with and without the change. Change: the"
                                + " answer to the changed prompt minus the answer to the unchanged prompt, in"
                                + " stars.",
                        spreadLine() + "."));
    }

    private TextTable table() {
        return new TextTable(
                List.of("probe", "rows", "answers changed %", "mean change", "mean absolute change"),
                answers.stream()
                        .map(answer -> List.of(
                                answer.probe(),
                                Long.toString(answer.rows()),
                                number("%.1f", answer.changed(), 100),
                                number("%+.4f", answer.shift(), 1),
                                number("%.4f", answer.distance(), 1)))
                        .toList(),
                List.of());
    }

    private static String number(String format, Double value, double scale) {
        return value == null ? "-" : String.format(Locale.ROOT, format, scale * value);
    }

    private String spreadLine() {
        return "%d samples of the same prompt: standard deviation %s stars (mean over %d rows), all equal on %s %% of the rows, %s %% unreadable"
                .formatted(
                        spread.samples(),
                        number("%.4f", spread.standardDeviation(), 1),
                        spread.rows(),
                        number("%.1f", spread.unanimous(), 100),
                        number("%.1f", spread.unreadable(), 100));
    }
}
