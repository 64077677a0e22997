package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.spark.SparkTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The times at ranks, against a sorted list. */
class TimeCountsTest {
    private static final long DAY = 86_400_000_000L;

    @Test
    void everyRankOfTimesThatShareDaysSecondsAndMicrosecondsIsFound() {
        Random random = new Random(4);
        List<Long> micros = new ArrayList<>(List.of(0L, 0L, DAY - 1, DAY, DAY, 3 * DAY + 7));
        for (int i = 0; i < 40; i++) {
            micros.add(20_000 * DAY + random.nextInt(3)); // one second
            micros.add(20_000 * DAY + 1_000_000L * random.nextInt(5) + random.nextInt(2)); // one day
            micros.add(DAY * random.nextInt(300));
        }
        Collections.shuffle(micros, random);
        TimeCounts times = TimeCounts.of(rows(micros));

        List<Long> ranks = LongStream.range(0, micros.size()).boxed().toList();
        assertThat(times.rows()).isEqualTo(micros.size());
        assertThat(times.first()).isEqualTo(Instant.EPOCH);
        assertThat(times.at(ranks))
                .isEqualTo(micros.stream()
                        .sorted()
                        .map(time -> Instant.EPOCH.plus(time, ChronoUnit.MICROS))
                        .toList());
        assertThat(times.at(List.of(7L, 3L)))
                .containsExactly(times.at(ranks).get(7), times.at(ranks).get(3));
    }

    @Test
    void aRankBehindTheLastRowIsRefused() {
        TimeCounts times = TimeCounts.of(rows(List.of(5L)));
        assertThatThrownBy(() -> times.at(List.of(1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rank 1 of 1 rows");
    }

    private static Dataset<Row> rows(List<Long> micros) {
        return SparkTest.spark()
                .createDataset(micros, Encoders.LONG())
                .select(expr("timestamp_micros(value)").as("time"))
                .where(col("time").isNotNull());
    }
}
