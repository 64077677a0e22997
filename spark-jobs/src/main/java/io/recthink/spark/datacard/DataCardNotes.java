package io.recthink.spark.datacard;

import io.recthink.spark.datacard.DataCard.Content;
import io.recthink.spark.datacard.DataCard.Fit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Notes about the content of a log that a user should read before training, one sentence each. */
public final class DataCardNotes {
    private static final double HARDLY_ANY = 0.05; // share of the items that reviews name
    private static final double NARROW = 0.6; // share of the width of the scale
    private static final long MANY = 100; // enough rows to contain the ends of the scale

    private final DataCard card;
    private final List<Note> notes = new ArrayList<>();

    /** One sentence; a warning says that something is probably wrong. */
    record Note(boolean warning, String text) {}

    private DataCardNotes(DataCard card) {
        this.card = card;
    }

    /** Returns the notes, warnings first. */
    static List<Note> of(DataCard card, Instant now) {
        DataCardNotes all = new DataCardNotes(card);
        all.items();
        all.texts();
        all.fit();
        all.scale();
        all.future(now);
        return all.notes.stream()
                .sorted((one, other) -> Boolean.compare(other.warning, one.warning))
                .toList();
    }

    /** Whether fewer than 5 % of the items that reviews name have a description. */
    public static boolean itemsHardlyMeet(DataCard card) {
        Content content = card.content();
        return !card.items().isEmpty() && content.described() < HARDLY_ANY * content.items();
    }

    private void items() {
        Content content = card.content();
        if (card.items().isEmpty()) {
            return;
        }
        String share = String.format(
                Locale.ROOT,
                "%,d of the %,d items of the reviews have a description; these items have %.1f %% of the rows",
                content.described(),
                content.items(),
                100 * content.describedRows());
        if (itemsHardlyMeet(card)) {
            warn(share + ": do source.columns.itemId and source.columns.item contain the same ids, written in the same"
                    + " way?");
        } else {
            say(share);
        }
        if (!card.quarantinedItems().isEmpty()) {
            say("descriptions of items that cannot be used: " + words(card.quarantinedItems()));
        }
    }

    private void texts() {
        Content content = card.content();
        if (!content.damaged().isEmpty()) {
            warn("texts with characters of another encoding: %s; name it in source.csv.encoding, or repair the log"
                    .formatted(words(content.damaged())));
        }
        if (!content.html().isEmpty()) {
            say("texts with HTML, which prompts show as plain text: " + words(content.html()));
        }
        if (!content.cut().isEmpty()) {
            say("texts that prompts cut at prompt.<column>Characters (prompts do not show a price that is too long): "
                    + words(content.cut()));
        }
    }

    private void fit() {
        Fit fit = card.lengths().fit();
        if (fit != null && fit.withoutPurchases() > 0) {
            say(String.format(
                    Locale.ROOT,
                    "of %,d prompts of train rows %,d leave out past purchases and %,d cut the target to fit prompt.maxTokens %,d",
                    fit.prompts(),
                    fit.withoutPurchases(),
                    fit.withCutTarget(),
                    fit.maxTokens()));
        }
    }

    private void scale() {
        List<Double> ratings = card.scale();
        double lowest = ratings.get(0);
        double highest = ratings.get(ratings.size() - 1);
        double width = card.maxRating() - card.minRating();
        if (card.counts().kept() >= MANY && highest - lowest < NARROW * width) {
            warn(("all ratings are between %s and %s; are source.minRating %s and source.maxRating %s the ends of"
                            + " the scale?")
                    .formatted(lowest, highest, card.minRating(), card.maxRating()));
        }
    }

    private void future(Instant now) {
        Instant last = card.splits().values().stream()
                .map(split -> Instant.parse(split.last()))
                .max(Instant::compareTo)
                .orElseThrow();
        if (last.isAfter(now.plus(Duration.ofDays(1)))) {
            warn(("the last row has the time %s, which is in the future: does source.columns.time count seconds since"
                            + " 1970?")
                    .formatted(last));
        }
    }

    private void warn(String text) {
        notes.add(new Note(true, text));
    }

    private void say(String text) {
        notes.add(new Note(false, text));
    }

    private static String words(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(count -> String.format(Locale.ROOT, "%s %,d", count.getKey(), count.getValue()))
                .collect(Collectors.joining(", "));
    }
}
