package io.recthink.spark.run;

import io.recthink.InvalidInputException;

/** Another application holds the run folder, and is alive. */
public final class FolderInUseException extends InvalidInputException {
    FolderInUseException(String message) {
        super(message);
    }
}
