package io.recthink.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What lies in place of a file that was not fetched. */
final class IncompleteFile {
    /** The bytes to look at. */
    static final int LENGTH = 64;

    static final String AGAIN = "; it is cut off, fetch it again";

    private static final String POINTER = "version https://git-lfs";

    private IncompleteFile() {}

    /**
     * What a file is, as the end of a message: where it is no more than that, why it could not be read as something else.
     *
     * @param start its first bytes
     * @param otherwise what is said of another file
     */
    static String describe(byte[] start, String otherwise) {
        if (start.length == 0) {
            return "is empty; fetch it again";
        }
        String text = new String(Arrays.copyOf(start, Math.min(start.length, LENGTH)), StandardCharsets.ISO_8859_1);
        if (text.startsWith(POINTER)) {
            return "is a Git LFS pointer, not the file itself; fetch it by `git lfs pull`";
        }
        if (text.stripLeading().startsWith("<")) {
            return "is a web page, not the file itself; fetch it again";
        }
        return otherwise;
    }
}
