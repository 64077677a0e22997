package io.recthink.spark.prepare;

import io.recthink.InvalidInputException;
import io.recthink.spark.NothingToDoException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one cycle of {@code retrain} divides its window: the newest rows are test, the rows before them validation, all
 * earlier rows train. The serving policy has seen none of the test rows.
 *
 * @param validationRows number of validation rows
 * @param testRows number of test rows; fewer when the serving policy has seen some of them
 * @param minTestRows least number of test rows
 * @param seenUntil the latest time of a row that the serving policy has seen; empty: it has seen none
 * @param minNewRows least number of rows that are later than the cycle before
 * @param newAfter the latest time that the cycle before read; empty: all rows are new
 */
public record CycleRows(
        long validationRows,
        long testRows,
        long minTestRows,
        Optional<Instant> seenUntil,
        long minNewRows,
        Optional<Instant> newAfter) {
    /**
     * Divides the window.
     *
     * @param times the counts of its rows by time
     * @throws NothingToDoException when too few rows are new, or too few are unseen
     * @throws InvalidInputException when no row is left to train on
     */
    TimeSplit split(TimeCounts times) {
        long count = times.rows();
        long fresh = newAfter.map(times::later).orElse(count);
        if (fresh < minNewRows) {
            throw new NothingToDoException("retrain: %,d rows are later than %s; a cycle needs retrain.minNewRows %,d"
                    .formatted(fresh, newAfter.map(Instant::toString).orElse("the beginning of the log"), minNewRows));
        }
        long unseen = seenUntil.map(times::later).orElse(count);
        if (unseen < minTestRows) {
            throw new NothingToDoException(
                    "retrain: %,d rows are later than %s, up to which the serving policy has seen rows; the gate needs gate.minRows %,d"
                            .formatted(unseen, seenUntil.map(Instant::toString).orElse(""), minTestRows));
        }
        long test = count - Math.min(testRows, unseen);
        long validation = test - validationRows;
        if (validation < 1) {
            throw new InvalidInputException(
                    "retrain.validationRows %,d and retrain.testRows %,d leave none of the %,d rows of the window to train on. Lower them, or make retrain.windowDays larger."
                            .formatted(validationRows, testRows, count));
        }
        List<Instant> cuts = times.at(List.of(validation, test));
        if (times.first().equals(cuts.get(0)) || cuts.get(0).equals(cuts.get(1))) {
            throw new InvalidInputException(
                    "retrain.validationRows %,d and retrain.testRows %,d: too many rows of the window share the time %s. Choose other numbers, or make retrain.windowDays larger."
                            .formatted(validationRows, testRows, cuts.get(0)));
        }
        return new TimeSplit(cuts.get(0), cuts.get(1));
    }
}
