package io.recthink.spark.source;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/** The section {@code source}: the log that {@code prepare} reads. */
public record SourceSettings(
        SourceFormat format,
        String reviews,
        String items,
        String filter,
        double minRating,
        double maxRating,
        String minTime,
        String maxTime,
        double maxQuarantineShare,
        CsvSettings csv,
        ColumnSettings columns)
        implements Section {
    @Override
    public void check(Problems problems) {
        problems.require(
                format != SourceFormat.TABLE || !reviews.isBlank(),
                "reviews",
                "the name of a table, because source.format is table",
                "'" + reviews + "'");
        problems.require(minRating < maxRating, "minRating", "below maxRating " + maxRating, minRating);
        problems.require(isDay(minTime), "minTime", "a day such as 1990-01-01", minTime);
        problems.require(isDay(maxTime), "maxTime", "a day such as 2100-01-01", maxTime);
        problems.require(
                !isDay(minTime) || !isDay(maxTime) || LocalDate.parse(minTime).isBefore(LocalDate.parse(maxTime)),
                "minTime",
                "before maxTime " + maxTime,
                minTime);
        csv.check(problems.in("csv"));
        problems.between(0, 1, "maxQuarantineShare", maxQuarantineShare);
        columns.check(problems.in("columns"));
    }

    private static boolean isDay(String text) {
        try {
            return LocalDate.parse(text).getYear() <= 9999;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
