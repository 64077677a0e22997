package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.InvalidInputException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.source.Period;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.SplitKind;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A complete data set to which a later part of its log is appended. {@code prepare} only reads it. */
final class EarlierData {
    private final SparkSession spark;
    private final String folder;
    private final PreparedData data;
    private final Origin origin;

    private EarlierData(SparkSession spark, String folder, PreparedData data, Origin origin) {
        this.spark = spark;
        this.folder = folder;
        this.data = data;
        this.origin = origin;
    }

    /**
     * Opens a data set.
     *
     * @throws InvalidInputException when the data set is not complete, when its settings differ from {@code now}, or
     *     when appended rows would change its split
     */
    static EarlierData open(SparkSession spark, String folder, Origin now) {
        Origin origin = Origin.read(spark, folder, "--append-to");
        origin.refuseOther(now, folder);
        PreparedData data = PreparedData.read(spark, folder);
        if (data.split().kind() != SplitKind.GLOBAL_TIME) {
            throw new InvalidInputException(
                    "--append-to %s: its split is '%s', and later rows would change which of its rows a model may know; only"
                                    .formatted(folder, data.split().label())
                            + " prepare.split global-time can be appended to");
        }
        data.requireWhole(spark, folder);
        EarlierData earlier = new EarlierData(spark, folder, data, origin);
        earlier.requireReviews();
        return earlier;
    }

    /** Checks the number of reviews when {@code data.json} lists no files: each example must have one review. */
    private void requireReviews() {
        long reviews = data.tables().isEmpty() ? reviews().count() : data.rows();
        if (reviews != data.rows()) {
            throw new InvalidInputException(
                    "--append-to %s: the table %s has %d rows, and data.json says %d. Copy the data set again."
                            .formatted(folder, DataFolder.REVIEWS, reviews, data.rows()));
        }
    }

    String folder() {
        return folder;
    }

    PreparedData data() {
        return data;
    }

    /** Returns the first time that the data set does not include. */
    Instant closedUntil() {
        return Instant.parse(origin.closedUntil());
    }

    /**
     * Returns the period of the log that follows the data set.
     *
     * @param asked the period that the user asks for. It may begin before the end of the data set: then the earlier
     *     rows are compared with the rows of the data set.
     * @throws InvalidInputException when {@code asked} begins after the end of the data set, which would leave a gap
     */
    Period rest(Period asked) {
        if (asked.since().isPresent() && asked.since().get().isAfter(closedUntil())) {
            throw new InvalidInputException(
                    "--since %s would leave a gap after %s, where %s ends; leave --since out to go on from there"
                            .formatted(asked.since().get(), closedUntil(), folder));
        }
        return new Period(asked.since().or(() -> Optional.of(closedUntil())), asked.until());
    }

    /**
     * Checks that {@code all} contains every example of this data set unchanged.
     *
     * @throws LeakException when an example is missing or changed
     */
    void refuseChanged(Dataset<Row> all) {
        Dataset<Row> mine = all.join(reviews().select("rowId"), new String[] {"rowId"}, "left_semi")
                .selectExpr(Tables.EXAMPLES.fieldNames());
        String sha256 = Fingerprint.of(mine).table();
        if (!sha256.equals(data.sha256())) {
            throw new LeakException(
                    "prepare: the examples must not be used: those of %s are not all there as they were (sha256 %s, was %s)"
                            .formatted(folder, sha256, data.sha256()));
        }
    }

    /** Returns the cuts, which an append does not move. */
    TimeSplit split() {
        SplitLabel label = data.split();
        return new TimeSplit(Instant.parse(label.validationFrom()), Instant.parse(label.testFrom()));
    }

    /** Returns the examples, as in {@link Tables#EXAMPLES}. */
    Dataset<Row> examples() {
        return PreparedData.examples(spark, folder);
    }

    /** Returns the reviews of the examples, as in {@link Tables#REVIEWS}. */
    Dataset<Row> reviews() {
        return spark.read().schema(Tables.REVIEWS).parquet(LiteralPath.of(folder + "/" + DataFolder.REVIEWS));
    }

    /** Returns the reviews with the columns split and target of their examples. */
    Dataset<Row> divided() {
        return reviews().join(examples().select("rowId", "split", "target"), "rowId");
    }

    /** Returns the unusable rows: {@code reason, record}. */
    Dataset<Row> quarantine() {
        return spark.read()
                .schema("reason STRING, record STRING")
                .parquet(LiteralPath.of(folder + "/" + DataFolder.QUARANTINE));
    }

    /** Returns one row per item that has a description: {@code itemId, target}. */
    Dataset<Row> items() {
        return items(examples());
    }

    /** Returns one row per item of some examples that has a description: {@code itemId, target}. */
    static Dataset<Row> items(Dataset<Row> examples) {
        Column target = col("target");
        Column described = coalesce(
                        target.getField("title"),
                        target.getField("brand"),
                        target.getField("price"),
                        target.getField("description"))
                .isNotNull()
                .or(size(target.getField("categories")).gt(0));
        return examples.where(described).groupBy("itemId").agg(max("target").as("target"));
    }

    /** Reads the data card. */
    JsonNode card() {
        Path file = new Path(folder, DataFolder.CARD_JSON);
        try (InputStream in =
                file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
            return StateFile.read(
                    "--append-to %s: %s".formatted(folder, file),
                    in.readAllBytes(),
                    JsonNode.class,
                    "Copy the data set again, or prepare the whole log anew.");
        } catch (IOException e) {
            throw new InvalidInputException("--append-to %s: %s cannot be read: %s".formatted(folder, file, e), e);
        }
    }
}
