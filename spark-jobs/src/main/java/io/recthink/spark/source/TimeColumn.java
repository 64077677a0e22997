package io.recthink.spark.source;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Reads the time of rows: a timestamp or a date, seconds since 1970 as a number or as text, or a date as text. A time
 * is valid only from {@code source.minTime} to before {@code source.maxTime}. Spark alone would read a date that is
 * written as a number as a day of 1970, and a time without a date as today.
 */
final class TimeColumn {
    private static final String DECIMAL = "decimal(38,6)";
    /** Matches a text that begins with a year. Spark also reads {@code 12:00}, as noon of the day on which it reads. */
    private static final String DATED = "^\\s*[0-9]{4}-[0-9]{1,2}([-T ].*)?$";
    /** Matches digits that are a year, or a year with month, day and time of day. */
    private static final String DIGITS = "^\\s*(19|20)[0-9]{2}"
            + "((0[1-9]|1[0-2])((0[1-9]|[12][0-9]|3[01])(([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?)?)?)?([.]0*)?\\s*$";

    private static final Map<String, String> UNITS = units();

    private final Column minimum;
    private final Column maximum;
    private final String tooEarly;
    private final String tooLate;

    TimeColumn(SourceSettings source) {
        minimum = second(source.minTime());
        maximum = second(source.maxTime());
        tooEarly = "time is before " + source.minTime();
        tooLate = "time is not before " + source.maxTime();
    }

    private static Column second(String day) {
        return lit(BigDecimal.valueOf(
                LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toEpochSecond()));
    }

    private static Map<String, String> units() {
        Map<String, String> units = new LinkedHashMap<>();
        units.put(Reason.MILLISECONDS, "1000");
        units.put(Reason.MICROSECONDS, "1000000");
        units.put(Reason.NANOSECONDS, "1000000000");
        return units;
    }

    static boolean isTime(DataType type) {
        return type instanceof TimestampType || type instanceof TimestampNTZType || type instanceof DateType;
    }

    /** Returns the mapped time as a timestamp; null if it has another type. */
    static Column timestamp(Mapping time) {
        return (isTime(time.type()) ? time.column() : lit(null)).cast("timestamp");
    }

    /**
     * Returns seconds since 1970 from the columns {@code timestamp} and {@code timeText}; null if they cannot be read.
     */
    static Column seconds() {
        return coalesce(
                col("timestamp").cast(DECIMAL),
                expr("try_cast(timeText AS %s)".formatted(DECIMAL)),
                when(col("timeText").rlike(DATED), expr("try_cast(timeText AS TIMESTAMP)"))
                        .cast(DECIMAL));
    }

    /**
     * Returns why the time of the columns {@code timestamp}, {@code timeText} and {@code seconds} is unusable;
     * otherwise null.
     */
    Column reason() {
        Column seconds = col("seconds");
        Column outside = when(seconds.lt(minimum), tooEarly).when(seconds.geq(maximum), tooLate);
        Column number = when(col("timestamp").isNull().and(col("timeText").rlike(DIGITS)), Reason.TIME_AS_NUMBER);
        for (Map.Entry<String, String> unit : UNITS.entrySet()) {
            Column scaled = seconds.divide(lit(new BigDecimal(unit.getValue())));
            Column meant = seconds.geq(maximum).and(scaled.geq(minimum)).and(scaled.lt(maximum));
            number = number.when(col("timestamp").isNull().and(meant), unit.getKey());
        }
        return when(col("timeText").isNull(), "time is missing")
                .when(seconds.isNull(), Reason.TIME_UNREADABLE)
                .when(outside.isNotNull(), coalesce(number, outside));
    }
}
