package io.recthink.spark.page;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What all pages look like: colours for light and dark, type, tiles, figures and tables, on screens and on paper. */
public final class PageStyle {
    private PageStyle() {}

    /** The common style sheet. */
    public static String css() {
        return read(PageStyle.class, "page.css");
    }

    /**
     * The common style sheet and behind it that of a page.
     *
     * @param page a class beside whose own the file lies
     */
    public static String css(Class<?> page, String file) {
        return css() + read(page, file);
    }

    private static String read(Class<?> page, String file) {
        try (InputStream in = page.getResourceAsStream(file)) {
            if (in == null) {
                throw new FileNotFoundException(file + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
