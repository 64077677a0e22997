package io.recthink.spark.html;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What all pages look like: colours for light and dark, type, tiles, figures and tables, on screens and on paper. */
public final class PageStyle {
    private static final String FILE = "page.css";

    private PageStyle() {}

    /** The style sheet. A page adds its own rules behind it. */
    public static String css() {
        try (InputStream in = PageStyle.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new FileNotFoundException(FILE + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
