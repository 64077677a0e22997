package io.recthink.spark.files;

import io.recthink.InvalidInputException;

/** Another application holds the run folder, and is alive. */
public final class FolderInUseException extends InvalidInputException {
    public FolderInUseException(String message) {
        super(message);
    }
}
