package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Two hashes of an examples table. The hashes do not depend on the partitioning, and no single process has to collect
 * all rows.
 *
 * <p>Row ids are hashes, so their first three digits divide them evenly into 4,096 buckets. The hash of a bucket is the
 * SHA-256 (hexadecimal) of its sorted lines, joined by line feeds. For the hash of the table, each non-empty bucket
 * gives the text {@code bucket SP hash}. The hash of the table is the SHA-256 of these texts, sorted and joined by line
 * feeds.
 *
 * @param rowIds the hash whose lines are the row ids
 * @param table the hash whose lines are a row id, a blank and Spark's {@code xxhash64} of all columns
 * @param repeatedIds the number of rows minus the number of distinct row ids
 */
public record Fingerprint(String rowIds, String table, long repeatedIds) {
    private static final int BUCKET_DIGITS = 3;

    static Fingerprint of(Dataset<Row> examples) {
        Column[] all = Arrays.stream(examples.columns()).map(examples::col).toArray(Column[]::new);
        List<Row> buckets = examples
                .select(
                        col("rowId"),
                        concat_ws(" ", col("rowId"), xxhash64(all)).as("line"))
                .groupBy(substring(col("rowId"), 1, BUCKET_DIGITS).as("bucket"))
                .agg(
                        bucketHash("rowId").as("rowIds"),
                        bucketHash("line").as("lines"),
                        count(lit(1)).minus(size(collect_set("rowId"))).as("repeated"))
                .collectAsList()
                .stream()
                .sorted(Comparator.comparing(bucket -> bucket.getString(0)))
                .toList();
        long repeated = buckets.stream()
                .mapToLong(bucket -> bucket.<Long>getAs("repeated"))
                .sum();
        return new Fingerprint(hash(buckets, "rowIds"), hash(buckets, "lines"), repeated);
    }

    private static Column bucketHash(String column) {
        return sha2(array_join(array_sort(collect_list(column)), "\n").cast("binary"), 256);
    }

    private static String hash(List<Row> buckets, String column) {
        List<String> lines = buckets.stream()
                .map(bucket -> bucket.getString(0) + " " + bucket.<String>getAs(column))
                .toList();
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(sha256.digest(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
