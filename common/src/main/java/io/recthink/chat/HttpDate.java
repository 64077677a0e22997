package io.recthink.chat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The dates of HTTP in their three forms, RFC 9110, section 5.6.7. */
final class HttpDate {
    private HttpDate() {}

    /**
     * Reads a date; empty where the text is none.
     *
     * @param now the time of day, which decides the century of a year of two digits
     */
    static Optional<Instant> parse(String text, Instant now) {
        String plain = text.strip()
                .replaceFirst("^\\p{Alpha}+,? +", "")
                .replaceFirst(" +GMT$", "")
                .replaceAll(" +", " ");
        int firstYear = now.atOffset(ZoneOffset.UTC).getYear() - 49;
        return Stream.of(
                        form("d MMM uuuu HH:mm:ss").toFormatter(Locale.US),
                        form("d-MMM-")
                                .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
                                .appendPattern(" HH:mm:ss")
                                .toFormatter(Locale.US),
                        form("MMM d HH:mm:ss uuuu").toFormatter(Locale.US))
                .flatMap(form -> parse(plain, form).stream())
                .findFirst();
    }

    private static DateTimeFormatterBuilder form(String pattern) {
        return new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(pattern);
    }

    private static Optional<Instant> parse(String text, DateTimeFormatter form) {
        try {
            return Optional.of(LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
