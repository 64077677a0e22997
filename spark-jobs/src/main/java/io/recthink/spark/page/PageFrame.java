package io.recthink.spark.page;

import java.time.Duration;
import java.util.Optional;

/** The parts that all pages share: the head, and the tiles of the summary. */
public final class PageFrame {
    /** The security policy of a page that uses no network, no other file and no script. */
    public static final String NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'";

    private PageFrame() {}

    /**
     * Opens the document and writes its head.
     *
     * @param css the style sheet, see {@link PageStyle}
     */
    public static void open(HtmlWriter html, String securityPolicy, String title, String css) {
        open(html, securityPolicy, title, css, Optional.empty());
    }

    /**
     * Opens a document that changes.
     *
     * @param again after what time a browser loads it again; empty: never
     */
    public static void open(
            HtmlWriter html, String securityPolicy, String title, String css, Optional<Duration> again) {
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        again.ifPresent(
                time -> html.empty("meta", "http-equiv", "refresh", "content", Long.toString(time.toSeconds())));
        html.empty("meta", "http-equiv", "Content-Security-Policy", "content", securityPolicy);
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title);
        html.code("style", css).close();
    }

    /** Writes a number of the summary. */
    public static void tile(HtmlWriter html, String label, String value, String note) {
        html.open("div", "class", "tile");
        html.element("span", label, "class", "label").element("strong", value);
        html.element("span", note, "class", "note").close();
    }
}
