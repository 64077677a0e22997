package io.recthink.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Recognises a file that was not fetched completely. */
final class IncompleteFile {
    /** The number of first bytes that are needed. */
    static final int LENGTH = 64;

    static final String AGAIN = "; it is cut off, fetch it again";

    private static final String POINTER = "version https://git-lfs";

    private IncompleteFile() {}

    /**
     * Describes a file that could not be read, as the end of a message.
     *
     * @param start first bytes of the file
     * @param otherwise the description where the file is neither empty, a Git LFS pointer nor a web page
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
