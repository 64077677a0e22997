package io.recthink.model;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Makes a model folder with random weights, for training from scratch. */
public final class ModelInitializer {
    private ModelInitializer() {}

    /**
     * Writes config.json and model.safetensors: projections and embeddings are drawn from a normal distribution, norms
     * are 1, biases 0. The same arguments give the same bytes on every machine. The caller adds the tokenizer and the
     * chat template.
     *
     * @param folder created if it does not exist
     * @param standardDeviation of the normal distribution; above 0, 0.02 is usual
     * @throws InvalidInputException if the folder cannot be written
     */
    public static void write(Path folder, ModelConfig config, long seed, double standardDeviation) {
        ParameterReader weights = weights(seed, standardDeviation);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + ": cannot be written: " + e, e);
        }
        JsonFile.write(folder.resolve(ModelConfigParser.FILE), config.toJson());
        ModelFolder.writeWeights(folder.resolve(ModelFolder.WEIGHTS), ParameterLayout.of(config), weights);
    }

    /**
     * Returns the weights of {@link #write} without a folder. A parameter that is read again has other values.
     *
     * @param standardDeviation as for {@link #write}
     */
    public static ParameterReader weights(long seed, double standardDeviation) {
        if (!(standardDeviation > 0) || !Double.isFinite(standardDeviation)) {
            throw new IllegalArgumentException("standardDeviation must be above 0 (was " + standardDeviation + ")");
        }
        // Random is specified down to the bit, its successors are not.
        Random random = new Random(seed);
        return (parameter, out) -> {
            switch (parameter.kind()) {
                case NORM -> fill(parameter.size(), 1, out);
                case BIAS -> fill(parameter.size(), 0, out);
                case MATRIX -> draw(parameter.size(), random, standardDeviation, out);
            }
        };
    }

    private static void fill(long size, float value, FloatBuffer out) {
        for (long i = 0; i < size; i++) {
            out.put(value);
        }
    }

    private static void draw(long size, Random random, double standardDeviation, FloatBuffer out) {
        for (long i = 0; i < size; i++) {
            out.put((float) (random.nextGaussian() * standardDeviation));
        }
    }
}
