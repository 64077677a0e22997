package io.recthink.spark.files;

import io.recthink.InvalidInputException;

/** Another running application has the lock of the folder. */
public final class FolderInUseException extends InvalidInputException {
    public FolderInUseException(String message) {
        super(message);
    }
}
