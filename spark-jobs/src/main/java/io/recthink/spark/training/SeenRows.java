package io.recthink.spark.training;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.unix_micros;

import io.recthink.prompt.PolicyTerms;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Determines which rows a policy has seen, in training or in the choice of its step. Its predictions for rows up to
 * this time are no evidence of its quality.
 */
public final class SeenRows {
    private SeenRows() {}

    /**
     * The latest time of the seen rows.
     *
     * @param examples with the columns time and split
     * @param trained condition of the rows that the training uses
     * @param validated whether validation rows choose the step
     * @param start terms of the policy from which the training starts
     * @return ISO 8601 in UTC; null when no row was seen
     */
    public static String until(Dataset<Row> examples, Column trained, boolean validated, Optional<PolicyTerms> start) {
        Column seen = validated ? trained.or(col("split").equalTo("validation")) : trained;
        Row latest = examples.where(seen).agg(unix_micros(max("time"))).first();
        Stream<Instant> now = latest.isNullAt(0)
                ? Stream.empty()
                : Stream.of(Instant.EPOCH.plus(latest.getLong(0), ChronoUnit.MICROS));
        Stream<Instant> before =
                start.flatMap(terms -> Optional.ofNullable(terms.seenUntil())).map(Instant::parse).stream();
        return Stream.concat(now, before)
                .max(Instant::compareTo)
                .map(Instant::toString)
                .orElse(null);
    }
}
