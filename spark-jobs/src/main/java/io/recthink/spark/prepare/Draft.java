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
 * What is about to be written: a whole log, or an earlier data set with what joins it.
 *
 * @param reviews the rows of io.recthink.spark.table.Tables.REVIEWS with their split
 * @param examples the rows of io.recthink.spark.table.Tables.EXAMPLES
 * @param moreQuarantine reason and record of unusable rows beside those that were read
 * @param quarantined all unusable rows by reason, the most frequent first
 * @param counts rows at each stage; the distinct users and items are not known yet
 * @param split how the rows are divided
 * @param part counts of what joins an earlier data set; empty for a whole log
 */
record Draft(
        Dataset<Row> reviews,
        Dataset<Row> examples,
        Optional<Dataset<Row>> moreQuarantine,
        Map<String, Long> quarantined,
        Counts counts,
        SplitRule split,
        Optional<Appended> part) {
    /** A whole log. */
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
     * An earlier data set with what joins it.
     *
     * @param there the earlier reviews with their split
     * @param later the reviews that join, with their split
     * @param examples those of {@code later}
     * @param quarantine of the part that was read
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

    /** What the data card says of the appended part. */
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

    /** Rows that were there already count as repeated. */
    private static Counts together(JsonNode earlier, Quarantine quarantine, Append append) {
        return new Counts(
                earlier.get("read").asLong() + quarantine.read(),
                earlier.get("usable").asLong() + quarantine.usable(),
                earlier.get("distinct").asLong() + append.newRows() + append.rowsOutsideCore(),
                earlier.get("kept").asLong() + append.newRows(),
                -1, // was said of the earlier rows
                earlier.get("kcore").asInt(),
                earlier.get("strictCore").asBoolean(),
                earlier.get("coreRounds").asInt(),
                0,
                0);
    }
}
