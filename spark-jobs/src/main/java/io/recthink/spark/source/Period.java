package io.recthink.spark.source;

import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * The period of a log that is read, by the time of its rows.
 *
 * @param since the first time in the period; empty: from the start
 * @param until the first time after the period; empty: to the end
 */
public record Period(Optional<Instant> since, Optional<Instant> until) {
    /** The whole log. */
    public static final Period ALWAYS = new Period(Optional.empty(), Optional.empty());

    public Period {
        if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
            throw new InvalidInputException("--since %s must be before --until %s".formatted(since.get(), until.get()));
        }
    }

    /**
     * Creates a period from two options. Each is an ISO 8601 date, or a date and time; without a zone it is UTC.
     *
     * @throws InvalidInputException when an option cannot be read, or the period is empty
     */
    public static Period of(Optional<String> since, Optional<String> until) {
        return new Period(since.map(text -> instant("--since", text)), until.map(text -> instant("--until", text)));
    }

    private static Instant instant(String option, String text) {
        try {
            TemporalAccessor time = DateTimeFormatter.ofPattern("yyyy-MM-dd[[' ']['T']HH:mm[:ss][.SSSSSS][.SSS][XXX]]")
                    .parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            if (time instanceof OffsetDateTime zoned) {
                return zoned.toInstant();
            }
            return time instanceof LocalDateTime local
                    ? local.toInstant(ZoneOffset.UTC)
                    : LocalDate.from(time).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new InvalidInputException(
                    "%s must be a date or a time such as 2024-06-01 or 2024-06-01T12:00:00Z (was '%s')"
                            .formatted(option, text),
                    e);
        }
    }

    /** Returns whether the period is the whole log. */
    public boolean isEverything() {
        return since.isEmpty() && until.isEmpty();
    }

    /**
     * Returns a condition on the time column itself that is true inside the period, so that a source can skip other
     * rows.
     *
     * @param time a column of {@code type}
     * @return empty when the type is neither a time nor a whole number of seconds
     */
    Optional<Column> contains(Column time, DataType type) {
        if (type instanceof TimestampType) {
            return Optional.of(between(time, since.map(t -> t), until.map(t -> t)));
        } else if (type instanceof TimestampNTZType) {
            return Optional.of(between(time, since.map(Period::utc), until.map(Period::utc)));
        } else if (type instanceof DateType) {
            return Optional.of(between(time, since.map(Period::firstDay), until.map(Period::firstDay)));
        } else if (type instanceof LongType || type instanceof IntegerType) {
            return Optional.of(between(time, since.map(Period::firstSecond), until.map(Period::firstSecond)));
        } else if (type instanceof ShortType || type instanceof ByteType) {
            return Optional.of(
                    between(time.cast("bigint"), since.map(Period::firstSecond), until.map(Period::firstSecond)));
        }
        return Optional.empty();
    }

    /** Returns the same condition for seconds since 1970 as a decimal with six places. */
    Column containsSeconds(Column seconds) {
        return between(seconds, since.map(Period::seconds), until.map(Period::seconds));
    }

    private static Column between(Column time, Optional<?> since, Optional<?> until) {
        Column from = since.map(bound -> time.geq(lit(bound))).orElse(lit(true));
        return until.map(bound -> from.and(time.lt(lit(bound)))).orElse(from);
    }

    private static LocalDateTime utc(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    /** Returns the first day whose start is not before a time. */
    private static LocalDate firstDay(Instant time) {
        LocalDateTime local = utc(time);
        LocalDate day = local.toLocalDate();
        return day.atStartOfDay().equals(local) ? day : day.plusDays(1);
    }

    private static long firstSecond(Instant time) {
        return time.getNano() == 0 ? time.getEpochSecond() : time.getEpochSecond() + 1;
    }

    private static BigDecimal seconds(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano() / 1000, 6));
    }
}
