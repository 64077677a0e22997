package io.recthink.spark.training;

import io.recthink.learn.AdamW;
import io.recthink.learn.OptimizerSettings;
import io.recthink.learn.ParameterVector;
import io.recthink.spark.policy.PolicyReference;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** The only learner of a run, on the driver: FP32 master values of the learnt parameters, and AdamW. */
final class Learner {
    private final StartModel model;
    private final AdamW optimizer;

    private Learner(StartModel model, AdamW optimizer) {
        this.model = model;
        this.optimizer = optimizer;
    }

    /** A new learner. */
    static Learner start(StartModel model, OptimizerSettings settings) {
        return new Learner(model, AdamW.start(settings, model.parameters()));
    }

    /** A learner that continues from a saved state. */
    static Learner resume(StartModel model, Path state, OptimizerSettings settings) {
        return new Learner(model, AdamW.load(settings, model.layout(), state));
    }

    /** Clips the gradient and applies one step; returns the gradient norm before clipping. */
    double step(ParameterVector gradient, double learningRate) {
        return optimizer.step(gradient, learningRate);
    }

    /** Writes the folder of a policy. */
    void writePolicy(Path folder) {
        model.write(folder, optimizer.master());
    }

    /** The policy that was written, ready for tasks to load. */
    PolicyReference policy(SparkSession spark, PolicyReference published) {
        return model.policy(spark, published, optimizer.master());
    }

    /** Writes the state of the optimizer. */
    void writeOptimizer(Path file) {
        optimizer.save(file);
    }
}
