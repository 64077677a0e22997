package io.recthink.text;

/** Text that {@code safe} or {@code escape} marked: added to other text it escapes that. */
record Markup(String text) {
    static Markup escape(String text) {
        return new Markup(text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
    }
}
