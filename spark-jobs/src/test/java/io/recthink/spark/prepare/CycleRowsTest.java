package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.NothingToDoException;
import io.recthink.spark.SparkTest;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;

/** A window of 100 rows, one a second from second 1000 on. */
class CycleRowsTest {
    private static final int ROWS = 100;
    private static final long FIRST = 1000;

    @Test
    void theNewestRowsAreTestAndThoseBeforeThemValidation() {
        TimeSplit split = rows(10, 20, 5, Optional.empty(), 1, Optional.empty()).split(window());
        assertThat(split.testFrom()).isEqualTo(second(80));
        assertThat(split.validationFrom()).isEqualTo(second(70));
    }

    @Test
    void noTestRowIsOneThatTheServingPolicyHasSeen() {
        TimeSplit split =
                rows(10, 20, 5, Optional.of(second(90)), 1, Optional.empty()).split(window());
        assertThat(split.testFrom()).isEqualTo(second(91));
        assertThat(split.validationFrom()).isEqualTo(second(81));
    }

    @Test
    void withFewUnseenRowsThereIsNothingToDo() {
        assertThatThrownBy(() -> rows(10, 20, 10, Optional.of(second(90)), 1, Optional.empty())
                        .split(window()))
                .isInstanceOf(NothingToDoException.class)
                .hasMessage(
                        "retrain: 9 rows are later than %s, up to which the serving policy has seen rows; the gate"
                                + " needs gate.minRows 10",
                        second(90));
    }

    @Test
    void withFewNewRowsThereIsNothingToDo() {
        CycleRows enough = rows(10, 20, 5, Optional.empty(), 4, Optional.of(second(95)));
        assertThat(enough.split(window()).testFrom()).isEqualTo(second(80));
        assertThatThrownBy(() -> rows(10, 20, 5, Optional.empty(), 5, Optional.of(second(95)))
                        .split(window()))
                .isInstanceOf(NothingToDoException.class)
                .hasMessage("retrain: 4 rows are later than %s; a cycle needs retrain.minNewRows 5", second(95));
    }

    @Test
    void aWindowWithoutRowsToTrainOnIsRefused() {
        assertThatThrownBy(() ->
                        rows(50, 50, 5, Optional.empty(), 1, Optional.empty()).split(window()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("leave none of the 100 rows of the window to train on");
    }

    @Test
    void rowsThatShareOneTimeCannotBeDivided() {
        TimeCounts times = counts(Collections.nCopies(ROWS, FIRST));
        assertThatThrownBy(() ->
                        rows(10, 20, 5, Optional.empty(), 1, Optional.empty()).split(times))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("too many rows of the window share the time");
    }

    private static CycleRows rows(
            int validation, int test, int minTest, Optional<Instant> seen, int minNew, Optional<Instant> newAfter) {
        return new CycleRows(validation, test, minTest, seen, minNew, newAfter);
    }

    /** The time of the row with a number, from 0. */
    private static Instant second(int row) {
        return Instant.ofEpochSecond(FIRST + row);
    }

    private static TimeCounts window() {
        return counts(LongStream.range(FIRST, FIRST + ROWS).boxed().toList());
    }

    private static TimeCounts counts(List<Long> seconds) {
        return TimeCounts.of(SparkTest.spark()
                .createDataset(seconds, Encoders.LONG())
                .select(expr("timestamp_seconds(value)").as("time")));
    }
}
