package io.recthink.spark.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.spark.datacard.DataCard.Appended;
import io.recthink.spark.datacard.DataCard.Counts;
import io.recthink.spark.source.Period;
import io.recthink.spark.source.Quarantine;
import io.recthink.spark.table.PrepareSettings;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The tables and counts that {@code prepare} will write: for a whole log, or for an earlier data set with the rows that
 * join it.
 *
 * @param reviews the rows of io.recthink.spark.table.Tables.REVIEWS with their split
 * @param examples the rows of io.recthink.spark.table.Tables.EXAMPLES
 * @param moreQuarantine reason and record of unusable rows in addition to the unusable rows of the log that was read
 * @param quarantined the number of all unusable rows by reason, the most frequent first
 * @param counts the number of rows at each stage; the distinct users and items are not known yet
 * @param split the rule that assigns the rows to splits
 * @param part the counts of the rows that join an earlier data set; empty for a whole log
 */
record Draft(
        Dataset<Row> reviews,
        Dataset<Row> examples,
        Optional<Dataset<Row>> moreQuarantine,
        Map<String, Long> quarantined,
        Counts counts,
        SplitRule split,
        Optional<Appended> part) {
    /** Creates the draft for a whole log. */
    static Draft whole(
            Dataset<Row> reviews,
            Dataset<Row> examples,
            Quarantine quarantine,
            KeptReviews kept,
            PrepareSettings options) {
        Counts counts = new Counts(
                quarantine.read(),
                quarantine.usable(),
                kept.distinct(),
                kept.count(),
                kept.countOfWholeCore(),
                options.kcore(),
                options.strictCore(),
                kept.rounds(),
                0,
                0);
        return new Draft(
                reviews, examples, Optional.empty(), quarantine.reasons(), counts, kept.split(), Optional.empty());
    }

    /**
     * Creates the draft for an earlier data set with the rows that join it.
     *
     * @param there the earlier reviews with their split
     * @param later the reviews that join, with their split
     * @param examples the examples of {@code later}
     * @param quarantine the quarantine of the part that was read
     */
    static Draft appended(
            EarlierData earlier,
            Append append,
            Dataset<Row> there,
            Dataset<Row> later,
            Dataset<Row> examples,
            Quarantine quarantine) {
        String[] columns = {"rowId", "userId", "itemId", "time", "rating", "summary", "review", "split"};
        Appended part = new Appended(
                earlier.folder(),
                earlier.data().sha256(),
                "",
                "",
                quarantine.read(),
                append.knownRows(),
                append.repeatedRows(),
                append.rowsOutsideCore(),
                append.newRows());
        JsonNode card = earlier.card();
        return new Draft(
                there.selectExpr(columns).unionByName(later.selectExpr(columns)),
                earlier.examples().unionByName(examples),
                Optional.of(earlier.quarantine().unionByName(append.quarantine())),
                together(card.get("quarantined"), quarantine.reasons()),
                together(card.get("counts"), quarantine, append),
                earlier.split(),
                Optional.of(part));
    }

    /** Returns the description of the appended part for the data card. */
    Optional<Appended> appended(Period read, Instant end) {
        return part.map(of -> new Appended(
                of.to(),
                of.sha256(),
                read.since().map(Instant::toString).orElse(""),
                end.toString(),
                of.read(),
                of.known(),
                of.repeated(),
                of.outsideCore(),
                of.rows()));
    }

    private static Map<String, Long> together(JsonNode earlier, Map<String, Long> now) {
        Map<String, Long> all = new LinkedHashMap<>(now);
        earlier.properties()
                .forEach(reason -> all.merge(reason.getKey(), reason.getValue().asLong(), Long::sum));
        return all.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum, LinkedHashMap::new));
    }

    /** Adds the counts of the append. Rows that the data set already has count as repeated rows. */
    private static Counts together(JsonNode earlier, Quarantine quarantine, Append append) {
        return new Counts(
                earlier.get("read").asLong() + quarantine.read(),
                earlier.get("usable").asLong() + quarantine.usable(),
                earlier.get("distinct").asLong() + append.newRows() + append.rowsOutsideCore(),
                earlier.get("kept").asLong() + append.newRows(),
                -1, // was reported for the earlier rows
                earlier.get("kcore").asInt(),
                earlier.get("strictCore").asBoolean(),
                earlier.get("coreRounds").asInt(),
                0,
                0);
    }
}
