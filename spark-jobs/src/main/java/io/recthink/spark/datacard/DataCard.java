package io.recthink.spark.datacard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.prepare.Append;
import io.recthink.spark.prepare.Fingerprint;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What somebody should know of a data set before believing a number that was measured on it.
 *
 * @param name the label of the data set
 * @param reviews where the reviews came from
 * @param items where the items came from; empty when nowhere
 * @param minRating the lowest rating of the scale
 * @param maxRating the highest rating of the scale
 * @param counts rows at each stage
 * @param quarantined unusable rows by reason
 * @param quarantinedItems unusable descriptions of items by reason
 * @param content what the optional columns hold
 * @param split how the rows were divided
 * @param splits what each split looks like
 * @param timeLine when the rows were written
 * @param pools rows of each pool
 * @param ties rows whose time another row of the user, or of the item, has too
 * @param lengths of prompts and reviews
 * @param copies texts that stand where one would not expect them
 * @param rowIdsSha256 see {@link Fingerprint}
 * @param sha256 see {@link Fingerprint}
 * @param appended the part that was added last; null for a log that was prepared in one go
 */
public record DataCard(
        String name,
        String reviews,
        String items,
        double minRating,
        double maxRating,
        Counts counts,
        Map<String, Long> quarantined,
        Map<String, Long> quarantinedItems,
        Content content,
        SplitLabel split,
        Map<String, Split> splits,
        TimeLine timeLine,
        Map<String, Long> pools,
        Map<String, Ties> ties,
        Lengths lengths,
        Copies copies,
        String rowIdsSha256,
        String sha256,
        @JsonInclude(JsonInclude.Include.NON_NULL) Appended appended) {
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
    public record Counts(
            long read,
            long usable,
            long distinct,
            long kept,
            long keptByOtherCore,
            int kcore,
            boolean strictCore,
            int coreRounds,
            long users,
            long items) {
        /** The same with the distinct users and items. */
        public Counts with(long users, long items) {
            return new Counts(
                    read, usable, distinct, kept, keptByOtherCore, kcore, strictCore, coreRounds, users, items);
        }
    }

    /**
     * What the optional columns hold, by our names of those that the log has. Only counts above 0 are there.
     *
     * @param items distinct items of the kept rows
     * @param described those of which the log says anything
     * @param describedRows share of the kept rows whose item is one of them
     * @param filled share of the kept reviews, or of the items, that have it
     * @param html texts with HTML, which prompts show as plain text
     * @param damaged texts with characters that were read in a wrong encoding
     * @param cut texts that are longer than a prompt shows
     */
    public record Content(
            long items,
            long described,
            double describedRows,
            Map<String, Double> filled,
            Map<String, Long> html,
            Map<String, Long> damaged,
            Map<String, Long> cut) {}

    /**
     * One split.
     *
     * @param rows how many
     * @param first the earliest time, ISO 8601 in UTC
     * @param last the latest time
     * @param mean mean rating
     * @param median median rating
     * @param ratings rows by rating, rounded to half stars
     * @param newUsers share of rows whose user is not in the earlier train rows
     * @param newItems share of rows whose item is not
     * @param newBoth share of rows of which neither is
     * @param described share of rows whose item has a title, a brand, categories or a description
     * @param users rows by the earlier train rows of the user, in the buckets of HistoryBuckets
     * @param items rows by the earlier train rows of the item
     * @param paperLike rows that published code keeps: user and item both seen, five earlier train rows together
     * @param characters of the histories and the target, by percentile
     */
    public record Split(
            long rows,
            String first,
            String last,
            double mean,
            double median,
            SortedMap<Double, Long> ratings,
            double newUsers,
            double newItems,
            double newBoth,
            double described,
            Map<String, Long> users,
            Map<String, Long> items,
            long paperLike,
            Map<String, Percentiles> characters) {}

    /** Percentiles of a length. */
    public record Percentiles(long p50, long p90, long p99, long max) {}

    /**
     * Rows over time.
     *
     * @param unit of a bin: hour, day, week, month, quarter or year, so that there are not too many
     * @param bins ascending; a time without rows has none
     */
    public record TimeLine(String unit, List<Bin> bins) {}

    /**
     * One bin.
     *
     * @param from its first time, ISO 8601 in UTC
     * @param rows by split
     */
    public record Bin(String from, Map<String, Long> rows) {}

    /** How many rows, and their share of all rows. */
    public record Ties(long rows, double share) {}

    /**
     * Lengths of texts, measured on a sample of each split.
     *
     * @param unit tokens or words
     * @param model whose tokens; empty for words
     * @param sample rows of a split that were measured, at most about that many
     * @param texts by text (prompt, review) and split; a split without such texts is left out
     * @param fit how prompts of train rows fit {@code prompt.maxTokens}; null for words
     * @param prompts of some train rows, as the model reads them
     */
    public record Lengths(
            String unit,
            String model,
            int sample,
            Map<String, Map<String, Percentiles>> texts,
            @JsonInclude(JsonInclude.Include.NON_NULL) Fit fit,
            List<ShownPrompt> prompts) {}

    /**
     * How prompts fit.
     *
     * @param maxTokens that a prompt may have
     * @param prompts that were looked at
     * @param withoutPurchases those of which past purchases are left out
     * @param withCutTarget those of which the texts of the target are cut more than the settings say
     */
    public record Fit(int maxTokens, long prompts, long withoutPurchases, long withCutTarget) {}

    /**
     * A prompt.
     *
     * @param tokens in it; 0 where the model is not there
     */
    public record ShownPrompt(String rowId, String text, int tokens) {}

    /**
     * Texts that the log has more than once; shops copy reviews between editions of a product.
     *
     * @param histories history entries that carry the text of the row's own review, and do so in the log too
     * @param targets rows whose item's own description carries the text of the review
     * @param testInTrain test rows whose review text stands in train too
     * @param testInTrainOfUser those where it is the same user's
     */
    public record Copies(long histories, long targets, long testInTrain, long testInTrainOfUser) {}

    /**
     * A part of a log that was added to an earlier data set; see {@link Append} for what joins.
     *
     * @param to the folder of the earlier data set
     * @param sha256 of its examples, which are all here as they were
     * @param since the first time that was read, ISO 8601 in UTC
     * @param until the first time that was not, or the end of what there was
     * @param read rows of the part
     * @param known rows that the earlier data set has
     * @param repeated later reviews of a user and an item that it has
     * @param outsideCore rows of users and items that are not in its core
     * @param rows rows that joined, all of them test rows
     */
    public record Appended(
            String to,
            String sha256,
            String since,
            String until,
            long read,
            long known,
            long repeated,
            long outsideCore,
            long rows) {}

    public String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where a split begins, as a day; a dash where time does not decide. */
    String from(String name) {
        String from =
                switch (name) {
                    case Splits.TRAIN -> split.validationFrom() == null ? null : "start";
                    case Splits.VALIDATION -> split.validationFrom();
                    case Splits.TEST -> split.testFrom();
                    default -> throw new IllegalArgumentException(name);
                };
        return from == null ? "-" : from.substring(0, Math.min(10, from.length()));
    }

    /** All ratings that occur in any split, ascending. */
    List<Double> scale() {
        return splits.values().stream()
                .flatMap(of -> of.ratings.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
