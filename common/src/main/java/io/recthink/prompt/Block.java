package io.recthink.prompt;

/**
 * A tagged block of a completion. A completion must contain the tags literally: case and the one blank in a name count.
 */
public enum Block {
    USER("analyze user"),
    ITEM("analyze item"),
    MATCH("match"),
    THINK("think"),
    RATE("rate");

    private final String tag;

    Block(String tag) {
        this.tag = tag;
    }

    /** The opening tag, for example {@code <analyze user>}. */
    public String open() {
        return "<" + tag + ">";
    }

    /** The closing tag, for example {@code </analyze user>}. */
    public String close() {
        return "</" + tag + ">";
    }
}
