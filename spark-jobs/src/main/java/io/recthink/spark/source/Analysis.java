package io.recthink.spark.source;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.apache.spark.sql.AnalysisException;

/** Turns Spark errors into messages that name the setting that caused them. */
final class Analysis {
    private static final int LONGEST = 300; // characters of a Spark message

    private static final Pattern DAMAGED = Pattern.compile(
            "gzip stream CRC failure|Not in GZIP format|incorrect (?:data|header) check|Unexpected end of|invalid stored block");

    private Analysis() {}

    /**
     * Runs an analysis and returns its result. Spark's analysis errors are checked exceptions that its Java signatures
     * do not declare.
     *
     * @param key the setting
     * @param what the value of the setting, for messages
     * @throws InvalidInputException when Spark cannot analyze the value, or a file is damaged
     */
    static <T> T of(String key, String what, Supplier<T> analysis) {
        try {
            return analysis.get();
        } catch (InvalidInputException e) {
            throw e;
        } catch (Exception e) {
            Optional<AnalysisException> cause = cause(e, AnalysisException.class);
            if (cause.isPresent()) {
                throw new InvalidInputException("%s: cannot read %s: %s".formatted(key, what, words(cause.get())), e);
            }
            if (cause(e, ZipException.class).isPresent()
                    || cause(e, IOException.class)
                            .filter(found -> DAMAGED.matcher(String.valueOf(found.getMessage()))
                                    .find())
                            .isPresent()) {
                throw new InvalidInputException(
                        "%s: %s cannot be read: %s; is a file damaged or incomplete? Copy it again"
                                .formatted(key, what, innermost(e)),
                        e);
            }
            throw e;
        }
    }

    static boolean succeeds(Runnable analysis) {
        try {
            analysis.run();
            return true;
        } catch (Exception e) {
            if (cause(e, AnalysisException.class).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    /** Returns the first exception of a class in a chain of causes. */
    static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> kind) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return Optional.of(kind.cast(cause));
            }
        }
        return Optional.empty();
    }

    /** Returns the message of the innermost cause, on one line. */
    static String innermost(Throwable thrown) {
        Throwable last = thrown;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return words(last);
    }

    private static String words(Throwable thrown) {
        String message = thrown instanceof AnalysisException analysis
                ? analysis.getSimpleMessage()
                : String.valueOf(thrown.getMessage());
        String line = message.lines()
                .map(String::strip)
                .filter(part -> !part.isEmpty() && !part.startsWith("== SQL"))
                .findFirst()
                .orElse(thrown.getClass().getSimpleName());
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
    }
}
