package io.recthink.spark.datacard;

import io.recthink.spark.datacard.DataCard.Appended;
import io.recthink.spark.datacard.DataCard.Counts;
import io.recthink.spark.datacard.DataCard.Percentiles;
import io.recthink.spark.datacard.DataCard.ShownPrompt;
import io.recthink.spark.datacard.DataCard.Split;
import io.recthink.spark.datacard.DataCardNotes.Note;
import io.recthink.spark.table.HistoryBuckets;
import io.recthink.spark.table.Splits;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A data card as text: a few lines for the console, and a page of Markdown. */
public final class DataCardText {
    private final DataCard card;
    private final StringBuilder out = new StringBuilder();

    private DataCardText(DataCard card) {
        this.card = card;
    }

    /** Returns the lines that {@code prepare} prints at its end. */
    public static String summary(DataCard card) {
        return new DataCardText(card).summary();
    }

    public static String markdown(DataCard card) {
        return new DataCardText(card).markdown();
    }

    private String summary() {
        Counts counts = card.counts();
        line("%s: %,d rows, %,d users, %,d items", card.name(), counts.kept(), counts.users(), counts.items());
        line("%-11s %9s  %-10s %5s %6s %9s %9s", "split", "rows", "from", "mean", "median", "new users", "new items");
        for (String split : Splits.ALL) {
            Split of = card.splits().get(split);
            line(
                    "%-11s %,9d  %-10s %5.2f %6.1f %8.1f%% %8.1f%%",
                    split,
                    of.rows(),
                    card.from(split),
                    of.mean(),
                    of.median(),
                    100 * of.newUsers(),
                    100 * of.newItems());
        }
        if (!card.split().warning().isEmpty()) {
            line("WARNING     %s: %s", card.split().label(), card.split().warning());
        }
        for (Note note : DataCardNotes.of(card, Instant.now())) {
            line("%-11s %s", note.warning() ? "WARNING" : "note", note.text());
        }
        line("pools       %s", words(card.pools()));
        line("row ids     sha256 %s", card.rowIdsSha256());
        return out.toString();
    }

    private String markdown() {
        line("# Data card: %s%n", card.name());
        line(
                "Reviews from `%s`%s.%n",
                card.reviews(), card.items().isEmpty() ? ", no items" : ", items from `" + card.items() + "`");
        stages();
        splits();
        ratings();
        histories();
        lengths();
        line("## Pools%n%n%s. All are disjoint train rows whose user had been seen before.%n", words(card.pools()));
        content();
        prompts();
        warnings();
        line("## Identity%n");
        line("- sha256 of the row ids: `%s`", card.rowIdsSha256());
        line("- sha256 of the examples: `%s`", card.sha256());
        return out.toString();
    }

    private void stages() {
        Counts counts = card.counts();
        line("## Stages%n%n| stage | rows |%n|---|---:|");
        line("| read | %,d |", counts.read());
        card.quarantined().forEach((reason, rows) -> line("| quarantined: %s | %,d |", reason, -rows));
        line("| repeated (user, item), the earliest stays | %,d |", counts.distinct() - counts.usable());
        String scope = counts.strictCore() ? "train rows only" : "whole log";
        line(
                "| %d-core (%s, rounds: %d) | %,d |",
                counts.kcore(), scope, counts.coreRounds(), counts.kept() - counts.distinct());
        line("| **kept** | **%,d** |%n", counts.kept());
        line("%,d users, %,d items.%n", counts.users(), counts.items());
        if (card.appended() != null) {
            appended(card.appended());
        }
        if (counts.keptByOtherCore() >= 0) {
            line(
                    "The core counted on the whole log, which knows the held-out rows, would have kept %,d rows (%+,d).%n",
                    counts.keptByOtherCore(), counts.keptByOtherCore() - counts.kept());
        }
    }

    private void appended(Appended part) {
        line(
                "%,d of these rows were appended to `%s` (sha256 `%s`), which is an unchanged part of this data set."
                        + " Of %,d rows read from %s to %s, %,d were already in the data set, %,d repeated a"
                        + " user and an item, %,d were of a user or an item outside the core. All appended"
                        + " rows are test rows; the cuts are unchanged.%n",
                part.rows(),
                part.to(),
                part.sha256(),
                part.read(),
                part.since(),
                part.until(),
                part.known(),
                part.repeated(),
                part.outsideCore());
    }

    private void splits() {
        line("## Splits%n%nThe rule: %s.%n", card.split().label());
        if (!card.split().warning().isEmpty()) {
            line("**Warning:** %s.%n", card.split().warning());
        }
        line("| split | from (UTC) | rows | mean | median | new users | new items | both new | item described |");
        line("|---|---|---:|---:|---:|---:|---:|---:|---:|");
        for (String split : Splits.ALL) {
            Split of = card.splits().get(split);
            line(
                    "| %s | %s | %,d | %.3f | %s | %.1f%% | %.1f%% | %.1f%% | %.1f%% |",
                    split,
                    card.from(split),
                    of.rows(),
                    of.mean(),
                    of.median(),
                    100 * of.newUsers(),
                    100 * of.newItems(),
                    100 * of.newBoth(),
                    100 * of.described());
        }
    }

    private void ratings() {
        List<Double> ratings = card.scale();
        line("%n| rating | %s |", join(ratings));
        line("|---|%s", "---:|".repeat(ratings.size()));
        for (String split : Splits.ALL) {
            line("| %s | %s |", split, join(counts(card.splits().get(split).ratings(), ratings)));
        }
        line("");
    }

    private void histories() {
        line("## What is known before a row%n");
        line("Rows by the earlier train rows of their user and of their item. Paper-like are rows that the published"
                + " code keeps: both seen, five earlier train rows together.%n");
        line(
                "| split | %s | paper-like |",
                HistoryBuckets.LABELS.stream().map(label -> "user " + label).collect(Collectors.joining(" | "))
                        + HistoryBuckets.LABELS.stream()
                                .map(label -> " | item " + label)
                                .collect(Collectors.joining()));
        line("|---|%s", "---:|".repeat(2 * HistoryBuckets.LABELS.size() + 1));
        for (String split : Splits.ALL) {
            Split of = card.splits().get(split);
            line(
                    "| %s | %s | %s | %,d |",
                    split,
                    join(counts(of.users(), HistoryBuckets.LABELS)),
                    join(counts(of.items(), HistoryBuckets.LABELS)),
                    of.paperLike());
        }
        line("");
    }

    private void lengths() {
        String whose = card.lengths().model().isEmpty()
                ? "Words, because there is no model at `paths.model`"
                : "Tokens of `" + card.lengths().model() + "`";
        line(
                "## Lengths%n%n%s; a sample of about %,d rows a split, or all.%n",
                whose, card.lengths().sample());
        line(
                "| %s | split | p50 | p90 | p99 | longest |%n|---|---|---:|---:|---:|---:|",
                card.lengths().unit());
        card.lengths().texts().forEach((text, of) -> of.forEach((split, lengths) -> length(text, split, lengths)));
        line("%n| characters | split | p50 | p90 | p99 | longest |%n|---|---|---:|---:|---:|---:|");
        for (String split : Splits.ALL) {
            card.splits().get(split).characters().forEach((text, lengths) -> length(text, split, lengths));
        }
        line("");
    }

    private void length(String text, String split, Percentiles of) {
        line("| %s | %s | %,d | %,d | %,d | %,d |", text, split, of.p50(), of.p90(), of.p99(), of.max());
    }

    private void content() {
        Map<String, Double> filled = card.content().filled();
        if (!filled.isEmpty()) {
            line("## How often are the columns filled?%n%nShare of the kept reviews, or of their items, that have a"
                    + " value in the column.%n");
            line("| %s |", String.join(" | ", filled.keySet()));
            line("|%s", "---:|".repeat(filled.size()));
            line(
                    "| %s |%n",
                    filled.values().stream()
                            .map(share -> String.format(Locale.ROOT, "%.1f%%", 100 * share))
                            .collect(Collectors.joining(" | ")));
        }
    }

    private void prompts() {
        if (!card.lengths().prompts().isEmpty()) {
            line("## Prompts%n%nOf some train rows, as the model reads them.%n");
        }
        for (ShownPrompt prompt : card.lengths().prompts()) {
            line(
                    "Row `%s`%s:%n",
                    prompt.rowId(), prompt.tokens() == 0 ? "" : ", %,d tokens".formatted(prompt.tokens()));
            line("%s%n", prompt.text().indent(4));
        }
    }

    private void warnings() {
        line("## What to know before you use the data%n");
        DataCardNotes.of(card, Instant.now())
                .forEach(note -> line("- %s%s.", note.warning() ? "**Warning:** " : "", note.text()));
        line(
                "- %,d rows (%.1f%%) share their time with another row of the user, %,d (%.1f%%) with another row of"
                        + " the item; these rows do not see each other.",
                card.ties().get("user").rows(),
                100 * card.ties().get("user").share(),
                card.ties().get("item").rows(),
                100 * card.ties().get("item").share());
        line(
                "- %,d test rows have a review whose text is also in train (%d characters or more); %,d of these texts"
                        + " are from the same user.",
                card.copies().testInTrain(),
                LeakRules.MIN_CHARACTERS,
                card.copies().testInTrainOfUser());
        line(
                "- %,d history entries contain the text of the review to predict, because the log contains the text"
                        + " twice; in %,d rows the description of the item contains the text.%n",
                card.copies().histories(), card.copies().targets());
    }

    private static <K> List<Long> counts(Map<K, Long> rows, List<K> keys) {
        return keys.stream().map(key -> rows.getOrDefault(key, 0L)).toList();
    }

    private static String words(Map<String, Long> pools) {
        return pools.entrySet().stream()
                .map(pool -> String.format(Locale.ROOT, "%s %,d", pool.getKey(), pool.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String join(List<? extends Number> numbers) {
        return numbers.stream().map(Number::toString).collect(Collectors.joining(" | "));
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format + "%n", values));
    }
}
