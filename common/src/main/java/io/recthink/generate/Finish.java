package io.recthink.generate;

/** Why a completion ended. */
public enum Finish {
    /** An end token of the model or a stop string ended the completion. */
    STOP("stop"),
    /** The completion reached the largest number of tokens. */
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
