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
 * The data card: the facts about a data set that a reader of its measured numbers needs.
 *
 * @param name the label of the data set
 * @param reviews path of the reviews
 * @param items path of the items; empty without items
 * @param minRating the lowest rating of the scale
 * @param maxRating the highest rating of the scale
 * @param counts number of rows after each stage
 * @param quarantined number of unusable rows by reason
 * @param quarantinedItems number of unusable item descriptions by reason
 * @param content statistics of the optional columns
 * @param split the rule that divides the rows into splits
 * @param splits statistics of each split by name
 * @param timeLine number of rows over time
 * @param pools number of rows by pool
 * @param ties for the keys user and item: rows with the same time as another row of that user or item
 * @param lengths lengths of prompts and reviews
 * @param copies review texts that the log contains more than once
 * @param rowIdsSha256 hash of the row ids, see {@link Fingerprint}
 * @param sha256 hash of the examples, see {@link Fingerprint}
 * @param appended the part that {@code prepare} added last; null if no part was added
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
     * The number of rows after each stage.
     *
     * @param read rows of the log
     * @param usable rows without the quarantined rows
     * @param distinct usable rows with only the earliest review of each user and item
     * @param kept rows after the k-core
     * @param keptByOtherCore rows that a k-core of the whole log would keep, where the k-core of {@code kept} counts
     *     train rows only; -1 when not computed
     * @param kcore k of the k-core; 0: no k-core
     * @param strictCore whether the k-core counts train rows only
     * @param coreRounds rounds of the k-core until no row is removed
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
        /** Returns these counts with the numbers of distinct users and items. */
        public Counts with(long users, long items) {
            return new Counts(
                    read, usable, distinct, kept, keptByOtherCore, kcore, strictCore, coreRounds, users, items);
        }
    }

    /**
     * Statistics of the optional columns that the log has, by recthink's column names. {@code html}, {@code damaged}
     * and {@code cut} contain only counts above 0.
     *
     * @param items distinct items of the kept rows
     * @param described items with a title, categories, a brand, a price or a description
     * @param describedRows share of the kept rows whose item is described
     * @param filled share of the kept reviews, or of the items, that have a value in the column
     * @param html number of texts with HTML, which prompts show as plain text
     * @param damaged number of texts with characters from a wrong encoding
     * @param cut number of texts that are longer than the limit of the prompt
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
     * Statistics of one split.
     *
     * @param rows number of rows
     * @param first the earliest time, ISO 8601 in UTC
     * @param last the latest time, ISO 8601 in UTC
     * @param mean mean rating
     * @param median median rating
     * @param ratings number of rows by rating, rounded to half stars
     * @param newUsers share of rows whose user has no earlier train row
     * @param newItems share of rows whose item has no earlier train row
     * @param newBoth share of rows whose user and item have no earlier train row
     * @param described share of rows whose item has a title, a brand, categories or a description
     * @param users number of rows by number of earlier train rows of the user, in the buckets of HistoryBuckets
     * @param items number of rows by number of earlier train rows of the item, in the same buckets
     * @param paperLike number of rows that published code keeps: user and item are both seen and have together at least
     *     five earlier train rows
     * @param characters percentiles of the characters of the user history, the item history and the target
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

    /** The median, the 90th and 99th percentile and the maximum of a length. */
    public record Percentiles(long p50, long p90, long p99, long max) {}

    /**
     * The number of rows over time.
     *
     * @param unit unit of a bin, which limits the number of bins: hour, day, week, month, quarter or year
     * @param bins the bins in ascending order; a bin without rows is left out
     */
    public record TimeLine(String unit, List<Bin> bins) {}

    /**
     * One bin of the time line.
     *
     * @param from start of the bin, ISO 8601 in UTC
     * @param rows number of rows by split
     */
    public record Bin(String from, Map<String, Long> rows) {}

    /** The number of rows with a tie, and their share of the kept rows. */
    public record Ties(long rows, double share) {}

    /**
     * Lengths of texts, measured on a sample of each split.
     *
     * @param unit {@code tokens} or {@code words}
     * @param model the model whose tokenizer counts; empty for words
     * @param sample approximate maximum of measured rows per split
     * @param texts percentiles by text (prompt, review) and split; a split without the text is left out
     * @param fit how the sampled prompts of train rows fit {@code prompt.maxTokens}; null for words
     * @param prompts prompts of some train rows, as the model reads them
     */
    public record Lengths(
            String unit,
            String model,
            int sample,
            Map<String, Map<String, Percentiles>> texts,
            @JsonInclude(JsonInclude.Include.NON_NULL) Fit fit,
            List<ShownPrompt> prompts) {}

    /**
     * How prompts fit the limit of tokens.
     *
     * @param maxTokens {@code prompt.maxTokens}, the largest number of tokens of a prompt
     * @param prompts number of checked prompts
     * @param withoutPurchases number of prompts that leave out past purchases to fit
     * @param withCutTarget number of prompts that cut the texts of the target below the limits of the settings to fit
     */
    public record Fit(int maxTokens, long prompts, long withoutPurchases, long withCutTarget) {}

    /**
     * A prompt that the data card shows.
     *
     * @param rowId id of the row
     * @param text the prompt
     * @param tokens tokens of the prompt; 0 without a model at {@code paths.model}
     */
    public record ShownPrompt(String rowId, String text, int tokens) {}

    /**
     * Review texts that the log contains more than once; shops copy reviews between editions of a product. Texts
     * shorter than {@link LeakRules#MIN_CHARACTERS} characters do not count.
     *
     * @param histories number of history entries that contain the text of the row's own review, in the log too
     * @param targets number of rows whose item description contains the text of the row's review
     * @param testInTrain number of test rows whose review text is also in train
     * @param testInTrainOfUser number of test rows whose review text is also in train from the same user
     */
    public record Copies(long histories, long targets, long testInTrain, long testInTrainOfUser) {}

    /**
     * The part of a log that {@code prepare} added to an earlier data set; {@link Append} decides which rows it adds.
     *
     * @param to the folder of the earlier data set
     * @param sha256 hash of the earlier examples, which this data set contains unchanged
     * @param since start of the part, ISO 8601 in UTC; empty for the beginning of the log
     * @param until end of the part (exclusive), ISO 8601 in UTC; without {@code --until} one microsecond after the
     *     latest row
     * @param read number of rows in the part
     * @param known number of rows that the earlier data set contains
     * @param repeated number of later reviews of a user and an item that the earlier data set contains
     * @param outsideCore number of rows whose user or item is not in the core of the earlier data set
     * @param rows number of added rows, all test rows
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

    /** Returns the start of a split as a day, {@code start} for train; a dash if the split does not depend on time. */
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

    /** Returns all ratings of all splits in ascending order. */
    List<Double> scale() {
        return splits.values().stream()
                .flatMap(of -> of.ratings.keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }
}
