package io.recthink;

import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import java.util.List;
import java.util.Optional;

/** Shapes of models that are counted and never made. */
public final class ModelShapes {
    private ModelShapes() {}

    /** One layer of 1,000 over a vocabulary: 1,000 parameters a token, and some thousands. */
    public static ModelConfig nearlyAllVocabulary(int vocabulary) {
        return new ModelConfig(
                Family.LLAMA,
                vocabulary,
                1000,
                16,
                1,
                1,
                1,
                4,
                1e-5,
                10_000,
                Optional.empty(),
                64,
                true,
                false,
                false,
                List.of());
    }
}
