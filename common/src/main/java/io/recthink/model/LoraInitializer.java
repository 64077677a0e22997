package io.recthink.model;

import io.recthink.model.ParameterLayout.Parameter;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/**
 * Draws the parameters of a new adapter as PEFT does. A is uniform within plus or minus 1 / sqrt(input), which is
 * Kaiming's initialisation with a = sqrt(5). B is zero, so that the adapter changes nothing yet. A parameter is a
 * function of the seed and its name alone.
 */
public final class LoraInitializer implements ParameterReader {
    private final long seed;

    public LoraInitializer(long seed) {
        this.seed = seed;
    }

    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        if (ParameterLayout.isLoraB(parameter)) {
            fill(parameter.size(), out);
        } else {
            draw(parameter, out);
        }
    }

    private static void fill(long size, FloatBuffer out) {
        for (long i = 0; i < size; i++) {
            out.put(0);
        }
    }

    private void draw(Parameter parameter, FloatBuffer out) {
        // Random is specified down to the bit, its successors are not.
        Random random = new Random(seedOf(parameter.name()));
        double bound = 1 / Math.sqrt(parameter.shape().get(1));
        for (long i = 0; i < parameter.size(); i++) {
            out.put((float) ((2 * random.nextDouble() - 1) * bound));
        }
    }

    private long seedOf(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer address =
                ByteBuffer.allocate(Long.BYTES + bytes.length).putLong(seed).put(bytes);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(address.array()))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
