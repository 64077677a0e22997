package io.recthink.model;

/** The matrix products of a decoder layer that can have an adapter, in the order of {@link ParameterLayout}. */
public enum Projection {
    QUERY("self_attn", "q_proj"),
    KEY("self_attn", "k_proj"),
    VALUE("self_attn", "v_proj"),
    OUTPUT("self_attn", "o_proj"),
    GATE("mlp", "gate_proj"),
    UP("mlp", "up_proj"),
    DOWN("mlp", "down_proj");

    private final String parent;
    private final String module;

    Projection(String parent, String module) {
        this.parent = parent;
        this.module = module;
    }

    /** The name of the module in transformers, e.g. {@code q_proj}. */
    public String module() {
        return module;
    }

    /** The path of the module in a model, e.g. {@code model.layers.3.self_attn.q_proj}. */
    String in(int layer) {
        return "model.layers." + layer + "." + parent + "." + module;
    }

    /** The name of its weight in a layer. */
    String weightIn(int layer) {
        return in(layer) + ".weight";
    }
}
