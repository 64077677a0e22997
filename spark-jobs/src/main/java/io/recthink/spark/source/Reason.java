package io.recthink.spark.source;

import java.util.Optional;

/** The reasons why a row is unusable, as the quarantine writes them, and the setting that helps where there is one. */
final class Reason {
    static final String UNPARSED = "the row cannot be parsed";
    static final String REPEATED_KEY = "a key occurs twice";
    static final String SWALLOWED = "a quote that nothing closes has swallowed the row";
    static final String SWALLOWER = "a quote that nothing closes swallows later rows";
    static final String OUTSIDE_SCALE = "rating is outside the scale";
    static final String NO_NUMBER = "rating is not a number";
    static final String TIME_UNREADABLE = "time cannot be read";
    static final String TIME_AS_NUMBER = "time is a date written as a number";
    static final String MILLISECONDS = "time counts milliseconds";
    static final String MICROSECONDS = "time counts microseconds";
    static final String NANOSECONDS = "time counts nanoseconds";

    private Reason() {}

    /** Returns what to do when most rows have this reason. */
    static Optional<String> remedy(String reason, SourceSettings source, ColumnSettings columns) {
        String time = columns.time();
        return switch (reason) {
            case SWALLOWED, SWALLOWER ->
                Optional.of("repair the quotes, or set source.csv.quote to '' if quotes mean nothing in the file");
            case OUTSIDE_SCALE ->
                Optional.of("set source.minRating (now %s) and source.maxRating (now %s)"
                        .formatted(source.minRating(), source.maxRating()));
            case NO_NUMBER ->
                Optional.of("map source.columns.rating to a number, for example cast(replace(%s, ',', '.') AS double)"
                        .formatted(columns.rating()));
            case TIME_AS_NUMBER ->
                Optional.of("map source.columns.time to a date, for example to_date(cast(%s AS string), 'yyyyMMdd')"
                        .formatted(time));
            case MILLISECONDS -> Optional.of(seconds(time, "1000"));
            case MICROSECONDS -> Optional.of(seconds(time, "1000000"));
            case NANOSECONDS -> Optional.of(seconds(time, "1000000000"));
            case TIME_UNREADABLE ->
                Optional.of(
                        "map source.columns.time to seconds since 1970, to a timestamp or to text such as 2024-05-01 12:00:00, for example try_to_timestamp(%s, 'dd.MM.yyyy HH:mm')"
                                .formatted(time));
            default ->
                reason.startsWith("time is ")
                        ? Optional.of("check what source.columns.time counts, or set source.minTime and source.maxTime")
                        : Optional.empty();
        };
    }

    private static String seconds(String time, String units) {
        return "map source.columns.time to seconds: (%s) / %s".formatted(time, units);
    }
}
