package io.recthink.spark.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.table.SplitLabel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What somebody should know of a data set before believing a number that was measured on it.
 *
 * @param name the label of the data set
 * @param reviews where the reviews came from
 * @param items where the items came from; empty when nowhere
 * @param counts rows at each stage
 * @param quarantined unusable rows by reason
 * @param split how the rows were divided
 * @param splits what each split looks like
 * @param pools rows of each pool
 * @param ties shares of rows whose time another row of the user, or of what it rates, has too
 * @param copiedTexts history entries that carry the text of the row's own review, and do so in the log too
 * @param testTextsInTrain test rows whose review text stands in train too
 * @param rowIdsSha256 see {@link Fingerprint}
 * @param sha256 see {@link Fingerprint}
 */
record DataCard(
        String name,
        String reviews,
        String items,
        Counts counts,
        Map<String, Long> quarantined,
        SplitLabel split,
        Map<String, Split> splits,
        Map<String, Long> pools,
        Map<String, Double> ties,
        long copiedTexts,
        long testTextsInTrain,
        String rowIdsSha256,
        String sha256) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * Rows at each stage.
     *
     * @param read rows of the log
     * @param usable without the quarantine
     * @param distinct after all but the earliest review of a user and an item went
     * @param kept after the k-core
     * @param keptByOtherCore what the k-core would have kept counted the other way (on the whole log, where it was
     *     counted on the train rows only); -1 when not asked
     * @param kcore k; 0: no core was taken
     * @param strictCore whether it was counted on the train rows only
     * @param coreRounds rounds until nothing changed
     * @param users distinct users of the kept rows
     * @param items distinct items of the kept rows
     */
    record Counts(
            long read,
            long usable,
            long distinct,
            long kept,
            long keptByOtherCore,
            int kcore,
            boolean strictCore,
            int coreRounds,
            long users,
            long items) {}

    /**
     * One split.
     *
     * @param rows how many
     * @param mean mean rating
     * @param median median rating
     * @param ratings rows by rating, rounded to half stars
     * @param newUsers share of rows whose user is not in the earlier train rows
     * @param newItems share of rows whose item is not
     * @param newBoth share of rows of which neither is
     * @param described share of rows whose item has a title, a brand, categories or a description
     * @param characters of the histories and the target, by percentile
     */
    record Split(
            long rows,
            double mean,
            double median,
            SortedMap<Double, Long> ratings,
            double newUsers,
            double newItems,
            double newBoth,
            double described,
            Map<String, Percentiles> characters) {}

    /** Percentiles of a length in characters. */
    record Percentiles(long p50, long p90, long p99, long max) {}

    String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The lines that a person should see when the job ends. */
    String summary() {
        StringBuilder out = new StringBuilder();
        out.append(line("%s: %,d rows, %,d users, %,d items", name, counts.kept, counts.users, counts.items));
        out.append(line(
                "%-11s %9s  %-10s %5s %6s %9s %9s",
                "split", "rows", "from", "mean", "median", "new users", "new items"));
        for (String split : SplitRule.ALL) {
            Split of = splits.get(split);
            out.append(line(
                    "%-11s %,9d  %-10s %5.2f %6.1f %8.1f%% %8.1f%%",
                    split, of.rows, from(split), of.mean, of.median, 100 * of.newUsers, 100 * of.newItems));
        }
        if (!split.warning().isEmpty()) {
            out.append(line("WARNING     %s: %s", split.label(), split.warning()));
        }
        out.append(line("pools       %s", words(pools)));
        out.append(line("row ids     sha256 %s", rowIdsSha256));
        return out.toString();
    }

    String toMarkdown() {
        StringBuilder out = new StringBuilder();
        out.append(line("# Data card: %s%n", name));
        out.append(line(
                "Reviews from `%s`%s.%n", reviews, items.isEmpty() ? ", no items" : ", items from `" + items + "`"));
        stages(out);
        splits(out);
        lengths(out);
        out.append(
                line("## Pools%n%n%s. All are disjoint train rows whose user had been seen before.%n", words(pools)));
        warnings(out);
        out.append(line("## Identity%n"));
        out.append(line("- sha256 of the row ids: `%s`", rowIdsSha256));
        out.append(line("- sha256 of the examples: `%s`", sha256));
        return out.toString();
    }

    private void stages(StringBuilder out) {
        out.append(line("## Stages%n%n| stage | rows |%n|---|---:|"));
        out.append(line("| read | %,d |", counts.read));
        quarantined.forEach((reason, rows) -> out.append(line("| quarantined: %s | %,d |", reason, -rows)));
        out.append(line("| repeated (user, item), the earliest stays | %,d |", counts.distinct - counts.usable));
        String scope = counts.strictCore ? "train rows only" : "whole log";
        out.append(line(
                "| %d-core (%s, rounds: %d) | %,d |",
                counts.kcore, scope, counts.coreRounds, counts.kept - counts.distinct));
        out.append(line("| **kept** | **%,d** |%n", counts.kept));
        out.append(line("%,d users, %,d items.%n", counts.users, counts.items));
        if (counts.keptByOtherCore >= 0) {
            out.append(line(
                    "The core counted on the whole log, which knows the held-out rows, would have kept %,d rows (%+,d).%n",
                    counts.keptByOtherCore, counts.keptByOtherCore - counts.kept));
        }
    }

    private void splits(StringBuilder out) {
        out.append(line("## Splits%n%nThe rule: %s.%n", split.label()));
        if (!split.warning().isEmpty()) {
            out.append(line("**Mind:** %s.%n", split.warning()));
        }
        out.append(line(
                "| split | from (UTC) | rows | mean | median | new users | new items | both new | item described |"));
        out.append(line("|---|---|---:|---:|---:|---:|---:|---:|---:|"));
        for (String split : SplitRule.ALL) {
            Split of = splits.get(split);
            out.append(line(
                    "| %s | %s | %,d | %.3f | %s | %.1f%% | %.1f%% | %.1f%% | %.1f%% |",
                    split,
                    from(split),
                    of.rows,
                    of.mean,
                    of.median,
                    100 * of.newUsers,
                    100 * of.newItems,
                    100 * of.newBoth,
                    100 * of.described));
        }
        List<Double> ratings = splits.values().stream()
                .flatMap(split -> split.ratings.keySet().stream())
                .distinct()
                .sorted()
                .toList();
        out.append(line("%n| rating | %s |", join(ratings)));
        out.append(line("|---|%s", "---:|".repeat(ratings.size())));
        for (String split : SplitRule.ALL) {
            List<Long> rows = ratings.stream()
                    .map(rating -> splits.get(split).ratings.getOrDefault(rating, 0L))
                    .toList();
            out.append(line("| %s | %s |", split, join(rows)));
        }
        out.append(System.lineSeparator());
    }

    private void lengths(StringBuilder out) {
        out.append(
                line(
                        "## Lengths in characters%n%n| split | text | p50 | p90 | p99 | longest |%n|---|---|---:|---:|---:|---:|"));
        for (String split : SplitRule.ALL) {
            splits.get(split)
                    .characters
                    .forEach((text, of) -> out.append(
                            line("| %s | %s | %,d | %,d | %,d | %,d |", split, text, of.p50, of.p90, of.p99, of.max)));
        }
        out.append(System.lineSeparator());
    }

    private void warnings(StringBuilder out) {
        out.append(line("## What to mind%n"));
        out.append(line(
                "- %.1f%% of the rows share their time with another row of the user, %.1f%% with another row of the item;"
                        + " such rows do not see each other.",
                100 * ties.get("user"), 100 * ties.get("item")));
        out.append(line(
                "- %,d test rows have a review whose text stands in train too (%d characters or more).",
                testTextsInTrain, LeakTests.MIN_CHARACTERS));
        out.append(line(
                "- %,d history entries carry the text of the review to predict, because the log has it twice.%n",
                copiedTexts));
    }

    /** Where a split begins; a dash where time does not decide. */
    private String from(String name) {
        String from =
                switch (name) {
                    case SplitRule.TRAIN -> split.validationFrom() == null ? null : "start";
                    case SplitRule.VALIDATION -> split.validationFrom();
                    case SplitRule.TEST -> split.testFrom();
                    default -> throw new IllegalArgumentException(name);
                };
        return from == null ? "-" : from.substring(0, Math.min(10, from.length()));
    }

    private static String words(Map<String, Long> pools) {
        return pools.entrySet().stream()
                .map(pool -> String.format(Locale.ROOT, "%s %,d", pool.getKey(), pool.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String join(List<? extends Number> numbers) {
        return numbers.stream().map(Number::toString).collect(Collectors.joining(" | "));
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format + "%n", values);
    }
}
