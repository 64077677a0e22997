package io.recthink.spark.page;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The style of all pages: colours for light and dark, type, tiles, figures and tables, on screens and on paper. */
public final class PageStyle {
    private static final String SHEET = read(PageStyle.class, "page.css");
    private static final String FILLS = read(PageStyle.class, "fills.css");
    private static final Pattern COLOUR = Pattern.compile("--([a-z0-9-]+): (#[0-9a-f]{6});");
    private static final Pattern USE = Pattern.compile("var\\(--([a-z0-9-]+)\\)");

    private PageStyle() {}

    /** The common style sheet. */
    public static String css() {
        return SHEET + FILLS;
    }

    /** The style sheet of a separate picture: it contains the light colours in place of their names. */
    static String svg() {
        String light = SHEET.substring(0, SHEET.indexOf('}'));
        Map<String, String> colours = COLOUR.matcher(light)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
        return USE.matcher(read(PageStyle.class, "svg.css") + FILLS)
                .replaceAll(used -> Objects.requireNonNull(colours.get(used.group(1)), used.group()));
    }

    /**
     * The common style sheet, followed by the style sheet of a page.
     *
     * @param page a class in the package of the file
     * @param file the name of the page's style sheet
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
