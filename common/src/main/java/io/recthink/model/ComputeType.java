package io.recthink.model;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The number format that the model computes in. */
public enum ComputeType {
    /** All in FP32. */
    @JsonProperty("float32")
    FLOAT32("float32"),
    /** The operands of matrix products in BF16, everything else in FP32. */
    @JsonProperty("bfloat16")
    BFLOAT16("bfloat16");

    private final String label;

    ComputeType(String label) {
        this.label = label;
    }

    /** Its name in configuration files. */
    public String label() {
        return label;
    }
}
