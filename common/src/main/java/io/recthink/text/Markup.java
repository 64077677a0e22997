package io.recthink.text;

/** Text marked by {@code safe} or {@code escape}. Other text that is added to it is escaped. */
record Markup(String text) {
    static Markup escape(String text) {
        return new Markup(text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
    }
}
