package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Explains to people why Spark could not write a table. */
public final class TableFailure {
    /** Messages of operating systems about a full disk. */
    public static final Pattern FULL_DISK = Pattern.compile("No space left on device|Disk quota exceeded");

    private static final List<String> STORAGE =
            List.of("no space left on device", "permission denied", "access denied", "quota", "not a directory");

    private TableFailure() {}

    /**
     * The exception to throw for a failed job: an {@link InvalidInputException} when the user can remove the cause.
     *
     * @param path the table that was written
     * @param failure the exception of Spark
     */
    public static RuntimeException explain(String path, Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof InvalidInputException refused) {
                return refused;
            }
            if (cause instanceof IOException && STORAGE.stream().anyMatch(message::contains)) {
                return Storage.unwritable(path, cause);
            }
        }
        return failure instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException(path + " was not written: " + failure.getMessage(), failure);
    }
}
