package io.recthink.spark.retrain;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Rule;
import io.recthink.spark.registry.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides whether a candidate may serve, from the numbers of its cycle. */
final class Gate {
    private final GateSettings settings;

    Gate(GateSettings settings) {
        this.settings = settings;
    }

    /**
     * Applies all rules.
     *
     * @param training how the training ended
     * @param comparison the table of the cycle, with the candidate as its focus
     */
    List<Rule> rules(TrainedCandidate training, Measurement measured, Comparison comparison) {
        List<Rule> rules = new ArrayList<>();
        rules.add(new Rule(
                "rows",
                measured.rows() >= settings.minRows(),
                NumberText.rows(measured.rows()) + " test rows",
                "at least gate.minRows " + NumberText.rows(settings.minRows())));
        rules.add(new Rule(
                "training",
                training.isUsable(),
                training.words(),
                "ends without a stop by a guard, and a later step is better on validation than step 0"));
        Score candidate = measured.candidate();
        rules.add(new Rule(
                "unreadable answers",
                candidate.failed() <= settings.maxFailed(),
                NumberText.share(candidate.failed()),
                "at most gate.maxFailed " + NumberText.share(settings.maxFailed())));
        if (measured.serving() != null) {
            againstServing(measured, rules);
        }
        settings.beats().forEach(name -> rules.add(beats(name, comparison)));
        return rules;
    }

    private void againstServing(Measurement measured, List<Rule> rules) {
        Score candidate = measured.candidate();
        Score serving = measured.serving();
        rules.add(new Rule(
                "MAE against the serving policy",
                measured.differenceHigh() < settings.maxWorse(),
                "%s against %s, difference %s"
                        .formatted(
                                NumberText.stars(candidate.mae()),
                                NumberText.stars(serving.mae()),
                                NumberText.difference(measured)),
                text("upper end below gate.maxWorse %+.4f", settings.maxWorse())));
        double growth = serving.tokens() == 0 ? 1 : candidate.tokens() / serving.tokens();
        rules.add(new Rule(
                "mean length",
                growth <= settings.maxLengthGrowth(),
                text("%.1f tokens against %.1f, %.2f times", candidate.tokens(), serving.tokens(), growth),
                text("at most gate.maxLengthGrowth %.2f times", settings.maxLengthGrowth())));
    }

    private static Rule beats(String name, Comparison comparison) {
        Optional<FocusRow> row = comparison.focusRows().stream()
                .filter(other -> other.other().system().equals(name))
                .findFirst();
        String demand = "gate.beats: the upper end of the difference below 0";
        return row.map(found -> new Rule(
                        "MAE against " + name,
                        found.interval().high() < 0,
                        "difference "
                                + NumberText.difference(
                                        found.difference(),
                                        found.interval().low(),
                                        found.interval().high()),
                        demand))
                .orElseGet(() -> new Rule(
                        "MAE against " + name,
                        false,
                        "the table has no such row; it has %s"
                                .formatted(comparison.rows().stream()
                                        .filter(ComparisonRow::trivial)
                                        .map(other -> other.key().system())
                                        .distinct()
                                        .toList()),
                        demand));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
