package io.recthink.spark.training;

import io.recthink.learn.AdamW;
import io.recthink.learn.OptimizerSettings;
import io.recthink.learn.ParameterVector;
import io.recthink.spark.policy.PolicyReference;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The one learner of a run, on the driver: FP32 master values of what is learnt, and AdamW. */
final class Learner {
    private final StartModel model;
    private final AdamW optimizer;

    private Learner(StartModel model, AdamW optimizer) {
        this.model = model;
        this.optimizer = optimizer;
    }

    /** A learner that begins. */
    static Learner start(StartModel model, OptimizerSettings settings) {
        return new Learner(model, AdamW.start(settings, model.parameters()));
    }

    /** A learner that goes on from a saved state. */
    static Learner resume(StartModel model, Path state, OptimizerSettings settings) {
        return new Learner(model, AdamW.load(settings, model.layout(), state));
    }

    /** Clips the gradient and makes one step; returns the norm before clipping. */
    double step(ParameterVector gradient, double learningRate) {
        return optimizer.step(gradient, learningRate);
    }

    /** Writes the folder of a policy. */
    void writePolicy(Path folder) {
        model.write(folder, optimizer.master());
    }

    /** The policy that was written, as tasks can load it. */
    PolicyReference policy(SparkSession spark, PolicyReference published) {
        return model.policy(spark, published, optimizer.master());
    }

    /** Writes the state of the optimizer. */
    void writeOptimizer(Path file) {
        optimizer.save(file);
    }
}
