package io.recthink.spark.policy;

import io.recthink.learn.ParameterVector;
import io.recthink.model.LoraConfig;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * A policy that tasks can load: a model, or an adapter with its base model.
 *
 * @param path Hadoop path of its folder
 * @param number its version in its run
 * @param sha256 SHA-256 of its weights, {@code model.safetensors} or {@code adapter_model.safetensors}; tables name the
 *     policy by it
 * @param digest digest of weights, configuration, tokenizer and template; identifies the policy in memory and in copies
 * @param adapter null for a model
 */
public record PolicyReference(String path, int number, String sha256, String digest, Adapter adapter)
        implements Serializable {
    /** A policy that is a model. */
    public PolicyReference(String path, int number, String sha256, String digest) {
        this(path, number, sha256, digest, null);
    }

    /** This policy with an adapter that was sent to the executors. */
    public PolicyReference with(Adapter sent) {
        return new PolicyReference(path, number, sha256, digest, sent);
    }

    /** The model with the policy's configuration and tokenizer: the policy itself, or the base model of the adapter. */
    public PolicyReference model() {
        return adapter == null ? this : adapter.base;
    }

    /** Removes the adapter weights from the executors; tasks cannot load the policy afterwards. */
    public void discard() {
        if (adapter != null) {
            adapter.weights.forEach(chunk -> chunk.destroy());
        }
    }

    /**
     * An adapter that is sent to tasks. Tasks read the base model from storage, once a JVM.
     *
     * @param base the base model
     * @param lora shape of the adapter
     * @param weights all values, in chunks as in {@link ParameterVector}. Each chunk is one broadcast of a float array,
     *     because every serializer of Spark accepts float arrays
     */
    public record Adapter(PolicyReference base, LoraConfig lora, List<Broadcast<float[]>> weights)
            implements Serializable {
        public Adapter {
            weights = List.copyOf(weights);
        }

        /** Broadcasts a copy of the weights. */
        public static Adapter send(SparkSession spark, PolicyReference base, LoraConfig lora, ParameterVector weights) {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            List<Broadcast<float[]>> sent = IntStream.range(0, weights.chunkCount())
                    .mapToObj(i -> context.broadcast(weights.chunk(i).clone()))
                    .toList();
            return new Adapter(base, lora, sent);
        }

        /** The values in a task; do not change them. */
        float[][] chunks() {
            // In parallel: a chunk arrives in pieces, and each piece waits for the driver a few times.
            return weights.parallelStream().map(chunk -> chunk.value()).toArray(float[][]::new);
        }
    }
}
