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
 * A policy that tasks can load: a model, or an adapter beside one.
 *
 * @param path Hadoop path of its folder
 * @param number of its version in its run
 * @param sha256 of its weights, {@code model.safetensors} or {@code adapter_model.safetensors}; what names it in tables
 * @param digest of its weights, configuration, tokenizer and template; what tells it from others wherever policies are
 *     kept in memory or copied
 * @param adapter null for a model
 */
public record PolicyReference(String path, int number, String sha256, String digest, Adapter adapter)
        implements Serializable {
    /** A policy that is a model. */
    public PolicyReference(String path, int number, String sha256, String digest) {
        this(path, number, sha256, digest, null);
    }

    /** The policy with an adapter beside a model, as tasks can load it. */
    public PolicyReference with(Adapter sent) {
        return new PolicyReference(path, number, sha256, digest, sent);
    }

    /** The model with the policy's configuration and tokenizer: the policy itself, or the base model of the adapter. */
    public PolicyReference model() {
        return adapter == null ? this : adapter.base;
    }

    /** Takes back what was sent to the executors with the policy: tasks cannot load it any more. */
    public void discard() {
        if (adapter != null) {
            adapter.weights.forEach(chunk -> chunk.destroy());
        }
    }

    /**
     * An adapter on its way to tasks. They read its base model from storage, once a JVM; the adapter itself is sent.
     *
     * @param base the model beside which it computes
     * @param lora its shape
     * @param weights all values, in chunks as in {@link ParameterVector}. Each chunk is sent by itself: an array of floats is
     *     what every serializer of Spark takes, however strict
     */
    public record Adapter(PolicyReference base, LoraConfig lora, List<Broadcast<float[]>> weights)
            implements Serializable {
        public Adapter {
            weights = List.copyOf(weights);
        }

        /** Sends a copy of the weights. */
        public static Adapter send(SparkSession spark, PolicyReference base, LoraConfig lora, ParameterVector weights) {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            List<Broadcast<float[]>> sent = IntStream.range(0, weights.chunkCount())
                    .mapToObj(i -> context.broadcast(weights.chunk(i).clone()))
                    .toList();
            return new Adapter(base, lora, sent);
        }

        /** The values, where they have arrived; not to be written to. */
        float[][] chunks() {
            // At once: a chunk comes in pieces, and each piece waits for the driver a few times.
            return weights.parallelStream().map(chunk -> chunk.value()).toArray(float[][]::new);
        }
    }
}
