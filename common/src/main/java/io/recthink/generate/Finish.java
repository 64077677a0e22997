package io.recthink.generate;

/** Why a completion ended. */
public enum Finish {
    /** With an end token of the model or a stop string. */
    STOP("stop"),
    /** At the largest number of tokens. */
    LENGTH("length");

    private final String label;

    Finish(String label) {
        this.label = label;
    }

    /** The name in tables and JSON. */
    public String label() {
        return label;
    }
}
